package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.RecordOpener;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one direction of a connection into records and opens them (docs/protocol.md, section 2). A record that lies
 * whole in what came is opened from there; of one that does not, only what has come is kept, so that a length field
 * alone makes nobody allocate. Used on one thread.
 */
final class RecordIntake {
    private static final int LENGTH = 2;

    private final RecordOpener opener;
    /** Stays while each feed cuts a record, as in a stream that flows; nobody at rest between records has it. */
    private byte @Nullable [] partial;

    private int have;

    RecordIntake(RecordOpener opener) {
        this.opener = opener;
    }

    /** Takes an opened record: {@code type || body} in {@code plain[0, length)}, valid only during the call. */
    interface Sink {
        /** Returns false to stop: the bytes after this record stay in the buffer. */
        boolean record(byte[] plain, int length) throws ProtocolException;
    }

    /**
     * Opens what is whole and keeps what is not. Does not release {@code in}; what the sink left stays readable in it.
     *
     * @throws AuthenticationException when a record does not open; the stream is unusable then
     */
    void feed(ByteBuf in, Sink sink) throws ProtocolException, AuthenticationException {
        boolean more = true;
        while (more && in.isReadable()) {
            if (have == 0 && in.readableBytes() >= LENGTH) {
                int length = opener.checkLength(in.getUnsignedShort(in.readerIndex()));
                if (in.readableBytes() - LENGTH >= length) {
                    byte[] sealed = Scratch.ofThread().sealed;
                    in.skipBytes(LENGTH).readBytes(sealed, 0, length);
                    more = open(sealed, 0, length, sink);
                    continue;
                }
            }
            more = gather(in, sink);
        }
        if (have == 0) {
            partial = null;
        }
    }

    /** Adds to the partial record; opens it when it is whole. */
    private boolean gather(ByteBuf in, Sink sink) throws ProtocolException, AuthenticationException {
        if (have < LENGTH) {
            take(in, LENGTH);
        }
        if (have < LENGTH) {
            return true;
        }
        byte[] record = held();
        int length = opener.checkLength(((record[0] & 0xff) << 8) | (record[1] & 0xff));
        take(in, LENGTH + length);
        if (have < LENGTH + length) {
            return true;
        }
        record = held();
        have = 0;
        return open(record, LENGTH, length, sink);
    }

    private void take(ByteBuf in, int upTo) {
        int n = Math.min(upTo - have, in.readableBytes());
        byte[] to = partial == null ? new byte[Math.max(n, 64)] : partial;
        if (to.length < have + n) {
            to = Arrays.copyOf(to, Math.max(have + n, Math.min(upTo, 2 * to.length)));
        }
        in.readBytes(to, have, n);
        have += n;
        partial = to;
    }

    private byte[] held() {
        byte[] held = partial;
        if (held == null) {
            throw new IllegalStateException("no partial record");
        }
        return held;
    }

    private boolean open(byte[] from, int at, int length, Sink sink) throws ProtocolException, AuthenticationException {
        byte[] plain = Scratch.ofThread().plain;
        return sink.record(plain, opener.open(from, at, length, plain, 0));
    }

    /** True between records: the end of the stream here cuts no record. */
    boolean atBoundary() {
        return have == 0;
    }
}
