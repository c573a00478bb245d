package dev.tcprelay.channel;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The busy connections of one event loop. They read one after the other, one in each iteration of the loop, so that a
 * key that was pressed, or a tunnel that is being opened, waits for one long read and not for one of each of them, in
 * each process of the chain and in both directions. Used on the loop.
 */
final class RoundRobin {
    /** Bytes: who has read less in its turn has kept nobody waiting. */
    private static final int BUSY = 64 * 1024;

    private static final FastThreadLocal<RoundRobin> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected RoundRobin initialValue() {
            return new RoundRobin();
        }
    };

    private final ArrayDeque<Turns> waiting = new ArrayDeque<>();
    /** Who has read last. */
    private @Nullable Turns last;

    private boolean scheduled;

    /** That of the calling thread. */
    static RoundRobin ofLoop() {
        return OF_LOOP.get();
    }

    /**
     * Whether a connection that has just read is to wait until it is told to go on, by {@link Turns#next}. Not when it
     * alone reads.
     */
    boolean isToWait(Turns connection, int bytesRead, EventLoop loop) {
        boolean alone = last == connection;
        last = connection;
        if (alone || bytesRead < BUSY) {
            return false;
        }
        waiting.add(connection);
        schedule(loop);
        return true;
    }

    /** It is not told any more. */
    void leave(Turns connection) {
        waiting.remove(connection);
        if (last == connection) {
            last = null;
        }
    }

    private void schedule(EventLoop loop) {
        if (!scheduled) {
            scheduled = true;
            Tuning.afterIteration(loop, () -> next(loop));
        }
    }

    private void next(EventLoop loop) {
        scheduled = false;
        Turns next = waiting.poll();
        if (next != null) {
            next.next();
        }
        if (!waiting.isEmpty()) {
            // Because of a task the loop does not wait for what is ready; the one after it comes in the next iteration.
            loop.execute(() -> schedule(loop));
        }
    }
}
