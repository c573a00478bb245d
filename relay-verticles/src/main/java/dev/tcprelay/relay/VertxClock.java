package dev.tcprelay.relay;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** The real time, with Vert.x' timers. */
record VertxClock(Vertx vertx) implements EventLog.Clock {
    @Override
    public long now() {
        return System.nanoTime();
    }

    @Override
    public void after(long nanos, Runnable action) {
        // A millisecond more, so that the time has come when the timer fires.
        long unused = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, timer -> action.run());
    }
}
