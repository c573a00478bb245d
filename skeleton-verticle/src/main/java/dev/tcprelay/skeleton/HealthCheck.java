package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.files.ServerId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to a target again and again, sends nothing, and leaves politely: the target sees a connection that ends. The
 * first result decides; later the state changes after as many results against it in a row as configured. On the
 * verticle's context.
 */
final class HealthCheck {
    private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);

    private final Site site;
    private final ServerId id;
    private final Target target;
    private final SkeletonOptions.Health options;
    private final Listener listener;
    private State state = State.UNKNOWN;
    private int against;
    private long begun;
    private boolean stopped;

    /** What is known of the target. */
    private enum State {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY
    }

    /** Is told of each change of the state. */
    interface Listener {
        void healthy(boolean now);
    }

    HealthCheck(Site site, ServerId id, Target target, SkeletonOptions.Health options, Listener listener) {
        this.site = site;
        this.id = id;
        this.target = target;
        this.options = options;
        this.listener = listener;
    }

    void start() {
        begun = System.nanoTime();
        target.connect(options.timeout())
                .onComplete(
                        leg -> {
                            leg.run(leg::closeGently);
                            passed();
                        },
                        e -> failed(String.valueOf(e.getMessage())));
    }

    /** The listener hears nothing more. */
    void stop() {
        stopped = true;
    }

    private void passed() {
        if (counted(State.HEALTHY, options.successes())) {
            listener.healthy(true);
        }
    }

    private void failed(String reason) {
        boolean first = state == State.UNKNOWN;
        if (counted(State.UNHEALTHY, options.failures())) {
            if (first) {
                log.warn("{} is not offered yet, since {} takes no connections: {}", id, target, reason);
            } else {
                log.warn("{} is withdrawn, since {} takes no connections any more: {}", id, target, reason);
            }
            listener.healthy(false);
        }
    }

    /** Counts a result and sees to the next; true if it has changed the state. */
    private boolean counted(State result, int inARow) {
        if (stopped) {
            return false;
        }
        Duration since = Duration.ofNanos(System.nanoTime() - begun);
        site.after(options.interval().minus(since), this::again);
        against = state == result ? 0 : against + 1;
        boolean changes = against > 0 && (state == State.UNKNOWN || against >= inARow);
        if (changes) {
            state = result;
            against = 0;
        }
        return changes;
    }

    private void again() {
        if (!stopped) {
            start();
        }
    }
}
