package dev.tcprelay.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * How long somebody waits, from connect to the first byte of the reply: one connection after the other, for a time.
 *
 * @param pauseMillis between them: without one each also waits for what is left to do for those before it
 */
record FirstByte(double seconds, long pauseMillis) implements Case {
    static final String NAME = "first-byte";

    private static final int MOST = 1000;

    @Override
    public String name() {
        return NAME + (pauseMillis == 0 ? ".in-turn" : "." + pauseMillis + "ms-apart");
    }

    @Override
    public void measure(Way way, Measured measured) throws IOException {
        double[] millis = new double[MOST];
        int count = 0;
        for (long until = System.nanoTime() + (long) (seconds * 1e9);
                count == 0 || (count < MOST && System.nanoTime() < until); ) {
            millis[count++] = Asking.firstByteMillis(way.entry());
            LockSupport.parkNanos(pauseMillis * 1_000_000);
        }
        double[] sorted = Arrays.copyOf(millis, count);
        Arrays.sort(sorted);
        measured.add("p50_ms", Values.quantile(sorted, 0.5));
        measured.add("p90_ms", Values.quantile(sorted, 0.9));
    }
}
