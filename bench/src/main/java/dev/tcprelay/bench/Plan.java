package dev.tcprelay.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured, and for how long.
 *
 * @param relay the relay command
 * @param router the program of the long link; null if there is none
 * @param only workloads; empty for all
 * @param seconds for each measurement
 * @param warmUp seconds for each case with each of our own contenders, before the first round
 * @param streams numbers of bulk streams
 * @param idle numbers of idle tunnels
 * @param roundTrips of the long link, milliseconds
 * @param ids that a cluster has to share
 * @param limit of the whole run
 */
record Plan(
        Path relay,
        @Nullable Path router,
        List<String> only,
        int rounds,
        double seconds,
        double warmUp,
        List<Integer> streams,
        List<Integer> idle,
        List<Integer> roundTrips,
        int ids,
        Duration limit) {
    static final Plan STANDARD = new Plan(
            Path.of("relay"),
            null,
            List.of(),
            5,
            1,
            5,
            List.of(1, 8, 64, 512),
            List.of(1000, 4000, 8000),
            List.of(20, 100),
            10_000,
            Duration.ofHours(4));
    static final Plan QUICK = new Plan(
            Path.of("relay"),
            null,
            List.of(),
            1,
            0.3,
            0.5,
            List.of(1, 8, 64),
            List.of(500),
            List.of(20),
            10_000,
            Duration.ofMinutes(7));

    private static final List<String> WORKLOADS = List.of(
            Bulk.NAME,
            PingPong.NAME,
            FirstByte.NAME,
            Connections.NAME,
            Cold.NAME,
            Idle.NAME,
            Cluster.NAME,
            LongLink.NAME);

    /** @throws IllegalArgumentException for what cannot be measured; the message says what could */
    Plan {
        for (String name : only) {
            if (!WORKLOADS.contains(name)) {
                throw new IllegalArgumentException(
                        "no workload " + name + "; there are " + String.join(", ", WORKLOADS));
            }
        }
        if (rounds < 1 || seconds <= 0 || warmUp <= 0 || ids < 1) {
            throw new IllegalArgumentException("--rounds, --seconds, --warm-up and --ids have to be above 0");
        }
        streams = List.copyOf(streams);
        idle = idle.stream().sorted().toList();
    }

    boolean has(String workload) {
        return only.isEmpty() || only.contains(workload);
    }

    JsonObject json() {
        return new JsonObject()
                .put("only", new JsonArray(only))
                .put("rounds", rounds)
                .put("seconds", seconds)
                .put("warm_up_seconds", warmUp)
                .put("streams", new JsonArray(streams))
                .put("idle", new JsonArray(idle))
                .put("round_trips_ms", new JsonArray(roundTrips))
                .put("ids", ids);
    }
}
