package dev.tcprelay.launcher;

import dev.tcprelay.channel.Drainable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verticles of a process that want to drain before they are stopped. The first SIGTERM makes them, unless somebody
 * else has; a second one stops the process at once. For any thread.
 */
final class Draining {
    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);

    private final List<Drainable> verticles = new CopyOnWriteArrayList<>();
    private @Nullable Thread running;
    private boolean told;
    private volatile boolean over;

    /** Who is interrupted when all verticles have been drained. */
    synchronized void interruptAtTheEnd(Thread thread) {
        running = thread;
    }

    /** A verticle that has been deployed. */
    void add(Drainable verticle) {
        if (verticles.isEmpty() && !Termination.handle(this::signalled)) {
            LOG.debug("SIGTERM cannot be handled here: it stops at once, as SIGINT does");
        }
        verticles.add(verticle);
        var unused = verticle.drained().onSuccess(v -> drained());
    }

    private synchronized void signalled() {
        if (told) {
            LOG.info("SIGTERM again: no more waiting");
            // On a thread of its own: it waits for the shutdown hook.
            new Thread(() -> Runtime.getRuntime().exit(ExitCode.TERMINATED.number()), "exit").start();
        }
        told = true;
        verticles.forEach(verticle -> verticle.drain("SIGTERM"));
    }

    private synchronized void drained() {
        Thread waiting = running;
        if (!over
                && waiting != null
                && verticles.stream().allMatch(v -> v.drained().isComplete())) {
            over = true;
            waiting.interrupt();
        }
    }

    /** Whether all have been drained. */
    boolean over() {
        return over;
    }
}
