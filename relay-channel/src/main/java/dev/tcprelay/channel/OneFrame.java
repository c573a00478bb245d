package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The phase that waits for exactly one frame, then hands over: what comes behind it is kept for the next receiver,
 * however late that is set. Nothing is allocated for a frame but what has come of
 * it. Used on the connection's loop.
 */
public final class OneFrame implements Duplex.Receiver {
    private final Duplex wire;
    private final Size size;
    private final Taker taker;
    private final Consumer<Exception> lost;
    private byte[] frame = new byte[64];
    private int have;
    private int wanted = Frames.UNKNOWN;
    private boolean done;

    private OneFrame(Duplex wire, Size size, Taker taker, Consumer<Exception> lost) {
        this.wire = wire;
        this.size = size;
        this.taker = taker;
        this.lost = lost;
    }

    /**
     * Makes this the connection's phase.
     *
     * @param size tells a frame's length from its first bytes, a method of {@link Frames}
     * @param taker gets the frame
     * @param lost called instead, once, when what came is no such frame or the connection ended before it was whole
     */
    public static OneFrame await(Duplex wire, Size size, Taker taker, Consumer<Exception> lost) {
        var phase = new OneFrame(wire, size, taker, lost);
        wire.receiver(phase);
        return phase;
    }

    /** The length of a frame from its first bytes, or {@link Frames#UNKNOWN}. */
    @FunctionalInterface
    public interface Size {
        int of(byte[] in, int off, int available) throws ProtocolException;
    }

    /** Takes the frame and sets the next phase, which gets what follows; a failure is handed to {@code lost}. */
    @FunctionalInterface
    public interface Taker {
        void taken(byte[] frame) throws ProtocolException, AuthenticationException;
    }

    /** True once the frame was taken or the wait was lost. */
    public boolean done() {
        return done;
    }

    @Override
    public void received(ByteBuf bytes) {
        try {
            if (complete(bytes)) {
                done = true;
                wire.receiver(null);
                if (bytes.isReadable()) {
                    wire.unread(bytes.retain());
                }
                taker.taken(Arrays.copyOf(frame, have));
            }
        } catch (ProtocolException | AuthenticationException e) {
            done = true;
            lost.accept(e);
        } finally {
            bytes.release();
        }
    }

    private boolean complete(ByteBuf bytes) throws ProtocolException {
        while (!done && wanted == Frames.UNKNOWN && bytes.isReadable()) {
            frame[have++] = bytes.readByte();
            wanted = size.of(frame, 0, have);
        }
        if (done || wanted == Frames.UNKNOWN) {
            return false;
        }
        int n = Math.min(wanted - have, bytes.readableBytes());
        if (have + n > frame.length) {
            frame = Arrays.copyOf(frame, Math.min(wanted, Math.max(have + n, 2 * frame.length)));
        }
        bytes.readBytes(frame, have, n);
        have += n;
        return have == wanted;
    }

    @Override
    public void ended() {
        fail(new EOFException("the connection was closed"));
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        fail(cause == null ? new EOFException("the connection was closed") : cause);
    }

    /** Ends the wait from outside, for example when its time is over. */
    public void fail(Exception cause) {
        if (!done) {
            done = true;
            lost.accept(cause);
        }
    }
}
