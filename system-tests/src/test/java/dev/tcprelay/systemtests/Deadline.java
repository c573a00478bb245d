package dev.tcprelay.systemtests;

import java.time.Duration;

/** A point in time that a wait does not go beyond. */
record Deadline(long nanos) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    static Deadline inSeconds(long seconds) {
        return in(Duration.ofSeconds(seconds));
    }

    /** What is left, at least 1 ms, so that it can be given to a wait that takes 0 for ever. */
    long millis() {
        return Math.max(1, (nanos - System.nanoTime()) / 1_000_000);
    }

    boolean passed() {
        return System.nanoTime() - nanos >= 0;
    }
}
