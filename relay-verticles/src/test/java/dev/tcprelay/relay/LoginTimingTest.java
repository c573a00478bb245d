package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.noise.KeyPair;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An unknown user and a wrong password look the same, also by the clock (M11). */
@ExtendWith(VertxExtension.class)
class LoginTimingTest {
    private static final int EACH = 600;
    private static final int WARM_UP = 100;

    /** Beyond the noise of a busy machine; another public-key operation for one of the two would give a t above 50. */
    private static final double LARGEST_T = 8;

    @Test
    void anUnknownUserAndAWrongPasswordTakeTheSameTime(Vertx vertx, @TempDir Path directory) throws Exception {
        try (Relay relay =
                new Relay(vertx, directory).limit("failedLogins", 1_000_000).start()) {
            KeyPair wrong = KeyPair.generate(Relay.RANDOM);
            double[] known = new double[EACH];
            double[] unknown = new double[EACH];
            for (int i = -WARM_UP; i < EACH; i++) {
                boolean knownFirst = (i & 1) == 0;
                double first = nanos(relay, knownFirst ? "alice" : "zelda", wrong);
                double second = nanos(relay, knownFirst ? "zelda" : "alice", wrong);
                if (i >= 0) {
                    known[i] = knownFirst ? first : second;
                    unknown[i] = knownFirst ? second : first;
                }
            }
            double t = Math.abs(welch(trimmed(known), trimmed(unknown)));
            assertTrue(t < LARGEST_T, "t = " + t);
        }
    }

    private static double nanos(Relay relay, String user, KeyPair key) throws Exception {
        try (Peer peer = relay.client()) {
            byte[] request = peer.loginRequest(user, key);
            long since = System.nanoTime();
            peer.send(request);
            byte[] answer = peer.read(2);
            long nanos = System.nanoTime() - since;
            assertArrayEquals(Peer.REFUSED, answer);
            return nanos;
        }
    }

    /** Without the slowest fifth, which belongs to other programs. */
    private static double[] trimmed(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return Arrays.copyOf(sorted, sorted.length * 4 / 5);
    }

    /** Welch's t of two samples. */
    private static double welch(double[] a, double[] b) {
        return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }
}
