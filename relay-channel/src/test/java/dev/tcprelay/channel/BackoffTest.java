package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How long is waited between attempts. */
class BackoffTest {
    private static final int ATTEMPTS = 70;

    /** Always the most that it may draw. */
    private static final class Longest extends Random {
        private static final long serialVersionUID = 1;
        private final List<Long> bounds = new ArrayList<>();

        @Override
        public long nextLong(long bound) {
            bounds.add(bound);
            return bound - 1;
        }
    }

    private static List<Long> ceilings(Function<Backoff, Duration> wait) {
        var longest = new Longest();
        var backoff = new Backoff(longest);
        for (int i = 0; i < ATTEMPTS; i++) {
            long ceiling = wait.apply(backoff).toMillis();
            assertEquals(longest.bounds.get(i), ceiling);
        }
        return longest.bounds;
    }

    @Test
    void theCeilingDoublesUpTo15SecondsAfterFailuresAnd60AfterRefusals() {
        List<Long> failures = ceilings(Backoff::afterFailure);
        assertEquals(List.of(250L, 500L, 1000L, 2000L, 4000L, 8000L, 15_000L, 15_000L), failures.subList(0, 8));
        assertEquals(15_000, failures.get(ATTEMPTS - 1));
        List<Long> refusals = ceilings(Backoff::afterRefusal);
        assertEquals(List.of(8000L, 16_000L, 32_000L, 60_000L), refusals.subList(5, 9));
        assertEquals(60_000, refusals.get(ATTEMPTS - 1));
    }

    /** Full jitter: every part of the interval is drawn, so that peers of one lost relay spread out. */
    @Test
    void waitsAreSpreadOverTheWholeInterval() {
        var random = new Random(1);
        int[] quarters = new int[4];
        for (int i = 0; i < 4000; i++) {
            long wait = new Backoff(random).afterFailure().toMillis();
            assertTrue(wait >= 1 && wait <= 250, () -> wait + " ms");
            quarters[(int) ((wait - 1) * 4 / 250)]++;
        }
        for (int quarter : quarters) {
            assertTrue(quarter > 800, () -> quarter + " of 4000");
        }
    }

    @Test
    void aConnectionThatHeldBeginsAnew() {
        var backoff = new Backoff(new Longest());
        backoff.afterFailure();
        backoff.afterRefusal();
        backoff.reset();
        assertEquals(Duration.ofMillis(250), backoff.afterFailure());
    }
}
