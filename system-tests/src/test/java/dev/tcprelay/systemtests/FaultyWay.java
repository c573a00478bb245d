package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * One direction of a {@link FaultyConnection}: reads, and lets the fault that is set decide what is written. A FIN
 * becomes a FIN and leaves the other direction alone, an RST becomes an RST, behind all bytes before it. The methods
 * are for faults, on the way's thread.
 */
final class FaultyWay {
    private static final int LARGEST_READ = 16 * 1024;
    private static final int RESET = -2;

    private final FaultyConnection connection;
    private final Socket from;
    private final Socket to;
    private final Supplier<FaultRule> rules;
    private final LongConsumer counter;
    private FaultRule rule;
    private long passed;
    private volatile boolean swallowing;
    /** A write to the source has heard of its RST; what reads from it sees a mere end then. */
    private volatile boolean sourceBroken;

    private volatile boolean over;

    FaultyWay(FaultyConnection connection, Socket from, Socket to, Supplier<FaultRule> rules, LongConsumer counter) {
        this.connection = connection;
        this.from = from;
        this.to = to;
        this.rules = rules;
        this.counter = counter;
    }

    void run() throws IOException {
        try {
            copy();
        } finally {
            over = true;
            if (sourceBroken) {
                reset();
            }
            connection.wayEnded();
        }
    }

    private void copy() throws IOException {
        byte[] block = new byte[LARGEST_READ];
        while (true) {
            int n = read(block);
            rule = rules.get();
            if (n >= 0) {
                if (passed == 0 && this == connection.up()) {
                    connection.began(block[0]);
                }
                rule.fault().bytes(ByteBuffer.wrap(block, 0, n), this);
            } else {
                if (n == RESET || sourceBroken || isReset()) {
                    rule.fault().reset(this);
                } else {
                    rule.fault().end(this);
                }
                return;
            }
        }
    }

    /**
     * When a write of the other direction has just heard of the RST, reading sees a mere end. A connection is also gone
     * when both ends have sent FIN, which is asked last: the other direction may send its own meanwhile.
     */
    private boolean isReset() throws IOException {
        return KernelQueue.isGone(from) && !connection.other(this).swallowing;
    }

    private int read(byte[] block) {
        try {
            return from.getInputStream().read(block);
        } catch (IOException e) {
            return RESET;
        }
    }

    /** How many bytes have been passed on. */
    long passed() {
        return passed;
    }

    /** Passes on what comes before the byte {@code at}; true if that one, or one behind it, is next. */
    boolean reaches(long at, ByteBuffer bytes) throws IOException {
        int before = (int) Math.max(0, Math.min(bytes.remaining(), at - passed));
        write(bytes.slice(bytes.position(), before));
        bytes.position(bytes.position() + before);
        return bytes.hasRemaining();
    }

    /** Whether the fault may strike this connection here; to be asked where it would. */
    boolean strikes() {
        return rule.strikes(connection);
    }

    /** The same for a fault that strikes a connection once. */
    boolean strikesFirst() {
        return rule.strikesFirst(connection);
    }

    void write(ByteBuffer bytes) throws IOException {
        int n = bytes.remaining();
        if (n > 0 && !swallowing) {
            try {
                to.getOutputStream().write(bytes.array(), bytes.arrayOffset() + bytes.position(), n);
            } catch (IOException e) {
                connection.other(this).sourceFailed();
                throw e;
            }
            passed += n;
            counter.accept(n);
        }
    }

    private void sourceFailed() {
        sourceBroken = true;
        if (over) {
            reset();
        }
    }

    /** FIN; what still comes is swallowed. */
    void end() throws IOException {
        if (!swallowing) {
            swallowing = true;
            to.shutdownOutput();
        }
    }

    /** RST to where the bytes go. */
    void reset() {
        FaultyConnection.reset(to);
    }

    /** RST to both ends. */
    void resetBoth() {
        FaultyConnection.reset(to);
        FaultyConnection.reset(from);
    }

    /** Waits until the fault is lifted. */
    void hold() {
        rule.awaitLift();
    }

    /** Waits for this time, or less if the fault is lifted meanwhile. */
    void rest(Duration time) {
        rule.rest(time);
    }
}
