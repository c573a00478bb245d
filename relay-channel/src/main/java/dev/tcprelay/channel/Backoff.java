package dev.tcprelay.channel;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waiting times between attempts to reconnect: full jitter, so that many peers that lost the same relay do not come
 * back at the same moment. Attempt n waits a random time up to {@code min(cap, first * 2^n)}. Used on one thread.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration CAP = Duration.ofSeconds(15);
    private static final Duration REFUSED_CAP = Duration.ofSeconds(60);

    private final RandomGenerator random;
    private int attempts;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The wait before the next attempt after one that did not reach a relay, at most 15 s. */
    public Duration afterFailure() {
        return next(CAP);
    }

    /** The wait after one that the relay refused, at most 60 s. */
    public Duration afterRefusal() {
        return next(REFUSED_CAP);
    }

    private Duration next(Duration cap) {
        long ceiling = Math.min(cap.toMillis(), FIRST.toMillis() << Math.min(attempts, 20));
        attempts++;
        return Duration.ofMillis(1 + random.nextLong(ceiling));
    }

    /** To be called when a connection has held for a while, not as soon as it stands. */
    public void reset() {
        attempts = 0;
    }
}
