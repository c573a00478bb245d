package dev.tcprelay.client;

import dev.tcprelay.channel.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * The Vert.x context of a client. What is run here finds that context as the current one, which callbacks of legs do
 * not, though they are on the same thread: so connections that are made here stay on one event loop.
 */
record OwnContext(Vertx vertx, Context context) {
    /** Runs the action later, from any thread. */
    void run(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs the action after the delay. To be called, and cancelled, on this context's thread. */
    Cancellable after(Duration delay, Runnable action) {
        var timer = new Timer(action);
        run(() -> timer.start(delay));
        return timer;
    }

    /** Runs something that blocks on a worker thread; the future completes here. */
    <T> Future<T> blocking(Callable<T> action) {
        return context.executeBlocking(action, false);
    }

    /** One delayed action. */
    private final class Timer implements Cancellable {
        private final Runnable action;
        private boolean cancelled;
        private long id = -1;

        Timer(Runnable action) {
            this.action = action;
        }

        void start(Duration delay) {
            if (!cancelled) {
                id = vertx.setTimer(Math.max(1, delay.toMillis()), fired -> action.run());
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (id >= 0) {
                var unused = vertx.cancelTimer(id);
            }
        }
    }
}
