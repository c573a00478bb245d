package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** 2,000 skeletons with a session, an id and a spare each, on three nodes, of which one dies. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class ThousandsOfSkeletonsTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int PROCESSES = 4;
    private static final int IN_EACH = 500;
    private static final int ALL = PROCESSES * IN_EACH;
    private static final long SECONDS_TO_START = 180;
    /** Login and spare of each that was at the dead node, spread by their backoff, and some time for a busy machine. */
    private static final long SECONDS_TO_COME_BACK = 90;

    /** Of a node with all of it: the heap that the tests give it, and what the JVM needs beside. */
    private static final long RESIDENT = 450L << 20;

    /** Processor time of both remaining nodes for each skeleton that comes to them: some 15 ms, with much room. */
    private static final double SECONDS_FOR_EACH = 0.06;

    private static final Pattern RECEIVED = Pattern.compile("bytes_received:(\\d+)");

    private static Cluster cluster;
    private static List<ClusterNode> remaining;

    @BeforeAll
    static void twoThousand() throws Exception {
        cluster = Cluster.start(
                STAGE,
                "limits: {sessionsPerUser: " + 2 * ALL + ", unauthenticatedPerSource: 1024, warmLegsPerUser: 16384}");
        remaining = cluster.nodes().subList(1, Cluster.NODES);
        cluster.network().share("all");
        Path psk = cluster.network().skeleton().psk("all");
        String target = STAGE.keep(new EchoPort()).address();
        List<Program> programs = new ArrayList<>();
        for (int process = 0; process < PROCESSES; process++) {
            programs.add(start(process, psk, target));
        }
        for (Program program : programs) {
            program.awaitLine("^ready", SECONDS_TO_START);
        }
        awaitAll(SECONDS_TO_START, cluster.nodes());
    }

    private static Program start(int process, Path psk, String target) throws IOException {
        StringBuilder config = new StringBuilder("verticles:\n");
        for (int i = 0; i < IN_EACH; i++) {
            int number = process * IN_EACH + i;
            config.append("  - verticle: skeleton\n    config: {servers: [{id: s-" + number + ", spares: 1, psk: " + psk
                    + ", target: \"" + target + "\"}]}\n");
        }
        Path file = Files.writeString(STAGE.file("skeletons-" + process + ".yaml"), config);
        return cluster.network().skeleton().with("RELAY_LOG_LEVEL", "WARN").start("run", file.toString());
    }

    /** Every node lists every id, and each has its spare somewhere. */
    private static void awaitAll(long seconds, List<ClusterNode> nodes) throws Exception {
        int[] spares = {0};
        Eventually.within(seconds, ALL + " ids everywhere, and their spares", () -> {
            spares[0] = 0;
            for (ClusterNode node : nodes) {
                if (node.servers().size() != ALL) {
                    return false;
                }
                spares[0] += node.spares();
            }
            return spares[0] >= ALL;
        });
    }

    @Test
    void allAreBackOnTheOthersWithoutAStorm() throws Exception {
        int moving = cluster.node(0).skeletonSessions();
        long killed = System.nanoTime();
        cluster.node(0).kill();
        // From now on, so that the connections of the bus are the same ones in the end.
        List<Usage> before = new ArrayList<>();
        for (ClusterNode node : remaining) {
            before.add(Usage.of(node));
        }
        awaitAll(SECONDS_TO_COME_BACK, remaining);
        double seconds = (System.nanoTime() - killed) / 1e9;
        double cpu = 0;
        for (int i = 0; i < remaining.size(); i++) {
            Usage was = before.get(i);
            Usage is = Usage.of(remaining.get(i));
            cpu += is.cpu - was.cpu;
            System.out.printf(
                    "%s: %.1f s of processor time, %d KiB on the bus, %d MiB resident, %d sessions%n",
                    remaining.get(i),
                    is.cpu - was.cpu,
                    (is.bus - was.bus) / 1024,
                    is.resident >> 20,
                    remaining.get(i).skeletonSessions());
            assertTrue(is.resident < RESIDENT, remaining.get(i) + " has " + is);
        }
        System.out.printf(
                "%d skeletons, %d of them at a node that was killed: all back after %.1f s%n", ALL, moving, seconds);
        assertTrue(moving > ALL / 6, "the balancer spreads them: " + moving);
        assertTrue(cpu < SECONDS_FOR_EACH * moving, "processor time " + cpu);
    }

    /**
     * What a node has used so far.
     *
     * @param cpu seconds
     * @param bus bytes that have come on the connections of Vert.x' event bus that are open
     * @param resident bytes
     */
    private record Usage(double cpu, long bus, long resident) {
        static Usage of(ClusterNode node) throws IOException, InterruptedException {
            double cpu = node.program()
                            .process()
                            .info()
                            .totalCpuDuration()
                            .orElseThrow()
                            .toMillis()
                    / 1000.0;
            String sockets = STAGE.run(Invocation.of(
                            "ss",
                            "-tinH",
                            "state",
                            "established",
                            "sport",
                            "=",
                            ":" + node.address().bus()))
                    .out();
            long bus = RECEIVED.matcher(sockets)
                    .results()
                    .mapToLong(each -> Long.parseLong(each.group(1)))
                    .sum();
            return new Usage(cpu, bus, Vitals.resident(node.program()));
        }
    }
}
