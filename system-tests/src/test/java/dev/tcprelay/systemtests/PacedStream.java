package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A tunnel to an echo that is in use for a while: a little is sent every now and then, and what comes back is compared.
 * In the end it is ended by both sides.
 */
final class PacedStream {
    private static final int PIECE = 700;
    private static final long NANOS_BETWEEN = 40_000_000;
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket tunnel;
    private final Pattern stream;
    private final Deadline until;
    private final Thread sender;
    private final Thread receiver;
    private volatile long sent;
    private volatile boolean broken;
    private volatile Received received;

    private PacedStream(Socket tunnel, long number, Duration time) throws IOException {
        this.tunnel = tunnel;
        this.stream = new Pattern(number);
        this.until = Deadline.in(time);
        tunnel.setSoTimeout(PATIENCE_MILLIS);
        InputStream in = tunnel.getInputStream();
        this.sender = Threads.start("stream " + number + " sends", this::send);
        this.receiver = Threads.start(
                "stream " + number + " receives", () -> received = Received.read(new byte[0], in, stream));
    }

    /** @param number no other's, so that bytes of another stream would be seen */
    static PacedStream start(Socket tunnel, long number, Duration time) throws IOException {
        return new PacedStream(tunnel, number, time);
    }

    private void send() throws IOException {
        try {
            while (!until.passed()) {
                tunnel.getOutputStream().write(stream.bytes(sent, PIECE));
                sent += PIECE;
                LockSupport.parkNanos(NANOS_BETWEEN);
            }
            tunnel.shutdownOutput();
        } catch (IOException e) {
            broken = true;
        }
    }

    /** Whether it has ended, well or not. */
    boolean isOver() {
        return !receiver.isAlive();
    }

    /** Waits for its end. */
    Received received() throws IOException {
        Threads.join(sender);
        Threads.join(receiver);
        tunnel.close();
        return received;
    }

    /** Waits for its end: whether all came back, and the end behind it. */
    boolean isWhole() throws IOException {
        return received().isWhole(sent) && !broken;
    }

    @Override
    public String toString() {
        return stream + ": sent " + sent + (broken ? ", broken" : "") + ", " + received;
    }
}
