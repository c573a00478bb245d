package dev.tcprelay.relay;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where logins wait for their Diffie-Hellman: off the event loops, so that tunnels and attaches never wait for it, and
 * never more than a bounded number of them. Thread-safe.
 */
final class LoginDesk {
    private final WorkerExecutor workers;
    private final CurrentLimits limits;
    private final AtomicInteger waiting = new AtomicInteger();

    LoginDesk(WorkerExecutor workers, CurrentLimits limits) {
        this.workers = workers;
        this.limits = limits;
    }

    /** Runs one login's work, or fails at once with {@link Overloaded}. Completes on the caller's context. */
    <T> Future<T> submit(Callable<T> work) {
        int places = limits.now().waitingLogins();
        if (waiting.getAndUpdate(taken -> taken < places ? taken + 1 : taken) >= places) {
            return Future.failedFuture(new Overloaded());
        }
        return workers.executeBlocking(work, false).eventually(() -> {
            waiting.decrementAndGet();
            return Future.succeededFuture();
        });
    }

    /** Logins that are being worked on or wait. */
    int waiting() {
        return waiting.get();
    }

    /** The desk's places are taken: the connection is closed without a byte. */
    static final class Overloaded extends Exception {
        private static final long serialVersionUID = 1L;

        Overloaded() {
            super("too many logins at once", null, false, false);
        }
    }
}
