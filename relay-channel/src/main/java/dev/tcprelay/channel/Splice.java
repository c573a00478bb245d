package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two streams joined: the one bidirectional copy of this project (docs/protocol.md, M35).
 *
 * <p>A side is not read while the other has more to send than its high-water mark. The end of one side becomes the end
 * of the other, after all bytes before it, and leaves the other direction alone. A reset of one side becomes a reset
 * of the other, after the bytes before it as far as {@link Duplex#abortAfterWrites()} can see to that.
 */
public final class Splice {
    private static final Logger LOG = LoggerFactory.getLogger(Splice.class);

    /** Is told of the end, exactly once, on the loop of the splice, when both sides are closed. */
    @FunctionalInterface
    public interface Ended {
        void ended(SpliceEnd end);
    }

    private final Way aToB;
    private final Way bToA;
    private final Ended listener;
    private SpliceEnd.@Nullable Outcome outcome;
    private boolean started;

    private Splice(Duplex a, Duplex b, Ended listener) {
        this.aToB = new Way(a, b, SpliceEnd.Outcome.A_LOST);
        this.bToA = new Way(b, a, SpliceEnd.Outcome.B_LOST);
        this.listener = listener;
    }

    /**
     * Joins two streams, which nobody else uses from now on. To be called on the loop of a. A leg b of another loop is
     * moved to a's first.
     *
     * @throws IllegalArgumentException when b is no leg and lives on another loop
     */
    public static Splice join(Duplex a, Duplex b, Ended listener) {
        Splice splice = new Splice(a, b, listener);
        if (a.loop() == b.loop()) {
            splice.start();
        } else if (b instanceof Leg far) {
            far.run(() -> far.moveTo(a.loop()).onComplete(there -> splice.start()));
        } else {
            throw new IllegalArgumentException("two loops, and " + b.getClass().getName() + " cannot be moved");
        }
        return splice;
    }

    private void start() {
        aToB.from.receiver(aToB);
        bToA.from.receiver(bToA);
        aToB.from.resume();
        bToA.from.resume();
        started = true;
        if (outcome == SpliceEnd.Outcome.ABORTED) {
            abort();
        }
    }

    /** Bytes so far from a to b. On the loop of the splice. */
    public long aToB() {
        return aToB.bytes;
    }

    /** Bytes so far from b to a. On the loop of the splice. */
    public long bToA() {
        return bToA.bytes;
    }

    /** Resets both sides, as soon as both are on the loop of the splice. On that loop. */
    public void abort() {
        if (outcome == null) {
            outcome = SpliceEnd.Outcome.ABORTED;
        }
        if (started) {
            aToB.from.abort();
            bToA.from.abort();
        }
    }

    private void closed() {
        if (aToB.closed && bToA.closed) {
            SpliceEnd.Outcome why = outcome == null ? SpliceEnd.Outcome.FINISHED : outcome;
            try {
                listener.ended(new SpliceEnd(aToB.bytes, bToA.bytes, why));
            } catch (RuntimeException e) {
                LOG.error(
                        "{} failed at the end of a splice", listener.getClass().getName(), e);
            }
        }
    }

    /** One direction. Receives from its source; its source's writability is what the other direction waits for. */
    private final class Way implements Duplex.Receiver {
        private final Duplex from;
        private final Duplex to;
        private final SpliceEnd.Outcome whenLost;
        private long bytes;
        private boolean closed;

        Way(Duplex from, Duplex to, SpliceEnd.Outcome whenLost) {
            this.from = from;
            this.to = to;
            this.whenLost = whenLost;
        }

        @Override
        public void received(ByteBuf received) {
            bytes += received.readableBytes();
            to.write(received);
            if (!to.writable()) {
                to.flush();
                if (!to.writable()) {
                    from.pause();
                }
            }
        }

        @Override
        public void readCompleted() {
            to.flush();
        }

        @Override
        public void ended() {
            to.end();
        }

        @Override
        public void writabilityChanged(boolean writable) {
            if (writable) {
                to.resume();
            }
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            closed = true;
            if (cause != null) {
                if (outcome == null) {
                    outcome = whenLost;
                }
                to.abortAfterWrites();
            }
            Splice.this.closed();
        }
    }
}
