package dev.tcprelay.systemtests;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** For states of other processes that nothing announces: they are asked for until they are as wanted. */
final class Eventually {
    private static final long NANOS_BETWEEN = 50_000_000;

    private Eventually() {}

    /** Asks until the answer is true; fails the test after these seconds, with what was hoped for. */
    static void within(long seconds, String hope, Callable<Boolean> question) throws Exception {
        Deadline deadline = Deadline.inSeconds(seconds);
        while (!question.call()) {
            if (deadline.passed()) {
                throw new AssertionError("not within " + seconds + " s: " + hope);
            }
            LockSupport.parkNanos(NANOS_BETWEEN);
        }
    }
}
