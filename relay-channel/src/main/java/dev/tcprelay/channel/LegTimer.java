package dev.tcprelay.channel;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Something that a leg does later, on the loop on which it is then. */
final class LegTimer implements Cancellable, Runnable {
    private final Runnable action;
    private final Future<?> alarm;
    private boolean cancelled;

    LegTimer(Leg leg, Duration delay, Runnable action) {
        this.action = action;
        this.alarm = leg.loop().schedule(() -> leg.run(this), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A limit to something that ends by itself: the loop does not keep a closed connection until then. */
    static void unlessClosed(Leg leg, Duration delay, Runnable action) {
        var timer = new LegTimer(leg, delay, action);
        leg.closed().onComplete(closed -> timer.cancel());
    }

    @Override
    public void run() {
        if (!cancelled) {
            action.run();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        alarm.cancel(false);
    }
}
