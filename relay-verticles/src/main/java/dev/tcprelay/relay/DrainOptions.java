package dev.tcprelay.relay;

import dev.tcprelay.channel.Settings;
import java.time.Duration;

/**
 * How long a node that is to stop lets others go on.
 *
 * @param notice for which it still accepts everything, until load balancers have seen that it is not ready; 0 unless
 *     said otherwise for a node without a cluster, since nobody else could be given its connections
 * @param grace for which running tunnels go on after that; short for a node without a cluster, which nobody can reach
 *     meanwhile
 */
record DrainOptions(Duration notice, Duration grace) {
    private static final Duration LONGEST = Duration.ofDays(1);

    static DrainOptions from(Settings settings, boolean clustered) {
        return new DrainOptions(
                settings.duration("notice", clustered ? Duration.ofSeconds(5) : Duration.ZERO, Duration.ZERO, LONGEST),
                settings.duration(
                        "grace", clustered ? Duration.ofMinutes(10) : Duration.ofSeconds(5), Duration.ZERO, LONGEST));
    }
}
