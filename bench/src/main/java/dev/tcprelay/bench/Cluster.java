package dev.tcprelay.bench;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What two nodes tell each other: the traffic of the event bus for tunnels from one to the other, and the time until
 * one knows what is registered at the other, while it happens and when it joins later. New processes in each round.
 *
 * @param script the relay command
 * @param tunnels one after the other
 * @param ids at the second node
 */
record Cluster(Arena arena, Path script, int tunnels, int ids) implements Workload {
    static final String NAME = "cluster";

    /** As many as one session may register. */
    private static final int SESSION = 1000;

    private static final long DEADLINE_SECONDS = 60;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void round(Figures figures) throws InterruptedException {
        try (Stage stage = arena.stage()) {
            RelayCommand relay = new RelayCommand(script, stage);
            RelayCluster cluster = RelayCluster.start(relay);
            Entry entry = RelayTwoNodes.join(relay, cluster);
            Asking.http(entry);
            traffic(entry, cluster, new Measured(figures, NAME + ".tunnels", RelayTwoNodes.NAME));
            Path home = RelayTwoNodes.skeletonHome(relay);
            directory(cluster, home, new Measured(figures, NAME + ".ids", RelayTwoNodes.NAME));
        } catch (IOException e) {
            figures.fail(NAME, RelayTwoNodes.NAME, e);
        }
    }

    /** Less what the nodes say in the same time when nothing happens. */
    private void traffic(Entry entry, RelayCluster cluster, Measured measured)
            throws IOException, InterruptedException {
        BusTraffic before = BusTraffic.of(cluster.bus());
        long from = System.nanoTime();
        for (int i = 0; i < tunnels; i++) {
            Asking.http(entry);
        }
        long took = System.nanoTime() - from;
        BusTraffic after = BusTraffic.of(cluster.bus());
        TimeUnit.NANOSECONDS.sleep(took);
        BusTraffic quiet = BusTraffic.of(cluster.bus()).since(after);
        BusTraffic busy = after.since(before);
        double thousands = tunnels / 1000.0;
        measured.add("bus_bytes_per_1000", (busy.bytes() - quiet.bytes()) / thousands);
        measured.add("bus_segments_per_1000", (busy.segments() - quiet.segments()) / thousands);
        measured.add("idle_bus_bytes_s", quiet.bytes() / (took / 1e9));
    }

    /** Sessions of many ids at the second node: the first one learns of them and, started anew, of all at once. */
    private void directory(RelayCluster cluster, Path home, Measured measured)
            throws IOException, InterruptedException {
        AdminProbe first = new AdminProbe(cluster.first());
        AdminProbe second = new AdminProbe(cluster.second());
        long wanted = second.servers() + ids;
        long from = System.nanoTime();
        for (int start = 0; start < ids; start += SESSION) {
            RawSession session = new RawSession(home, Role.SKELETON, need -> {});
            session.register(IntStream.range(start, Math.min(start + SESSION, ids))
                    .mapToObj(number -> new ServerId("bench-" + number))
                    .toList());
        }
        await(second, wanted);
        double registered = since(from);
        await(first, wanted);
        measured.add("converged_ms", since(from) - registered);
        measured.add("registered_ms", registered);
        cluster.restartFirst();
        long joined = System.nanoTime();
        await(first, wanted);
        measured.add("newcomer_ms", since(joined));
    }

    private static void await(AdminProbe node, long servers) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (node.servers() < servers) {
            if (System.nanoTime() > deadline) {
                throw new IOException("a node knows " + node.servers() + " of " + servers + " ids after a minute");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
