package dev.tcprelay.bench;

import java.io.IOException;
import java.time.Duration;

/**
 * When a run has to end. What has not been measured by then is left out, and that is told like a failure.
 *
 * @param until as {@link System#nanoTime}
 */
record TimeLimit(long until) {
    /** From now on. */
    static TimeLimit in(Duration time) {
        return new TimeLimit(System.nanoTime() + time.toNanos());
    }

    /** @throws IOException when it is over */
    void require() throws IOException {
        if (System.nanoTime() - until >= 0) {
            throw new IOException("left out: the time of the run is over");
        }
    }
}
