package dev.tcprelay.bench;

import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection to a relay whose bytes this process writes itself, blocking; see docs/protocol.md. */
final class RawConnection {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final Hello hello;
    private @Nullable SecureRecords records;

    /** Connects and reads HELLO. */
    RawConnection(RelayAddress relay) throws IOException {
        socket = Entry.dial(
                new InetSocketAddress(relay.address().host(), relay.address().port()));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        try {
            hello = Hello.decode(read(Hello.SIZE), relay.role());
        } catch (ProtocolException e) {
            throw new IOException(relay.address() + " is no relay", e);
        }
    }

    Hello hello() {
        return hello;
    }

    /** What has been sealed and what will be opened from now on. */
    void secure(SecureRecords with) {
        records = with;
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    byte[] read(int size) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the relay closed a connection");
        }
        return bytes;
    }

    /** Seals a record, type and body, and writes it. */
    void seal(byte[] typeAndBody) throws IOException {
        write(records().sealer().seal(typeAndBody));
    }

    /** The next record, opened: type and body. */
    byte[] open() throws IOException {
        byte[] length = read(2);
        byte[] sealed = read(((length[0] & 0xff) << 8) | (length[1] & 0xff));
        try {
            return records().opener().open(sealed, 0, sealed.length);
        } catch (AuthenticationException | ProtocolException e) {
            throw new IOException("a record that is not the relay's", e);
        }
    }

    /** The next record of a leg, which has to be this one. */
    void expect(Class<? extends LegMessage> type) throws IOException {
        try {
            LegMessage message = LegMessage.decode(open(), Sender.RELAY);
            if (!type.isInstance(message)) {
                throw new IOException("the relay answered " + message);
            }
        } catch (ProtocolException e) {
            throw new IOException("an unknown record of the relay", e);
        }
    }

    /** From now on reads wait as long as it takes. */
    RawConnection patient() throws IOException {
        socket.setSoTimeout(0);
        return this;
    }

    Socket socket() {
        return socket;
    }

    private SecureRecords records() {
        return Objects.requireNonNull(records);
    }
}
