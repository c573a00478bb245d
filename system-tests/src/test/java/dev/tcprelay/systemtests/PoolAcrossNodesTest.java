package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Skeletons of one id at different nodes: they share its tunnels, or one at a time has all of them. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PoolAcrossNodesTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int TUNNELS = 30;

    private static Cluster cluster;
    private static List<SocksPort> clients;

    @BeforeAll
    static void aCluster() throws Exception {
        cluster = Cluster.shared();
        cluster.network().share("pool");
        cluster.network().share("single");
        clients = cluster.socks(STAGE, "pool-clients");
    }

    /** The one with the fewest tunnels comes first, and a node learns of the others' within some 100 ms. */
    @Test
    void threeAtThreeNodesShareTheLoadAndOneThatIsKilledIsNotMissed() throws Exception {
        List<Target> targets = new ArrayList<>();
        Map<ClusterNode, Program> skeletons = new HashMap<>();
        for (ClusterNode node : cluster.nodes()) {
            Target target = STAGE.keep(Target.echo());
            targets.add(target);
            String servers = "servers: [{id: pool, target: \"" + target.address() + "\"}]";
            skeletons.put(node, STAGE.keep(cluster.skeletons("pool-" + node, List.of(node), at -> servers)));
        }
        Cluster.awaitServers(30, cluster.nodes(), Map.of("pool", Cluster.NODES));
        for (int i = 0; i < TUNNELS; i++) {
            assertEchoes(STAGE.keep(clients.get(i % Cluster.NODES).connect("pool")));
        }
        List<Integer> shares = targets.stream().map(Target::accepted).toList();
        System.out.println("pool of three across nodes: " + TUNNELS + " tunnels, shares " + shares);
        assertEquals(TUNNELS, shares.stream().mapToInt(i -> i).sum());
        shares.forEach(share -> assertTrue(share >= TUNNELS / 6, "shares " + shares));

        skeletons.get(cluster.node(0)).kill();
        for (int i = 0; i < Cluster.NODES; i++) {
            for (int j = 0; j < 4; j++) {
                assertEchoes(STAGE.keep(clients.get(i).connect("pool")));
            }
        }
        Cluster.awaitServers(10, cluster.nodes(), Map.of("pool", Cluster.NODES - 1));
        assertEquals(shares.get(0), targets.get(0).accepted(), "tunnels to the one that was killed");
    }

    @Test
    void anExclusiveIdHasOneHolderWhateverTheNodes() throws Exception {
        Target first = STAGE.keep(Target.echo());
        Target second = STAGE.keep(Target.echo());
        Program holder = cluster.skeleton(cluster.node(0)).start("expose", "single", first.address(), "--exclusive");
        STAGE.keep(holder).awaitLine("serving single", 60);
        Cluster.awaitServers(10, cluster.nodes(), Map.of("single", 1));
        Program other = cluster.skeleton(cluster.node(1)).start("expose", "single", second.address(), "--exclusive");
        STAGE.keep(other).awaitLog("single is not served: .*wants it exclusively", 60);
        for (SocksPort client : clients) {
            try (Socket tunnel = client.connect("single")) {
                assertEchoes(tunnel);
            }
        }
        assertEquals(Cluster.NODES, first.accepted());
        Cluster.awaitServers(10, cluster.nodes(), Map.of("single", 1));
        assertEquals(1, other.errors().text().split("not served").length - 1, "lines about it");

        holder.kill();
        other.awaitLine("serving single", 90);
        Cluster.awaitServers(10, cluster.nodes(), Map.of("single", 1));
        for (SocksPort client : clients) {
            try (Socket tunnel = client.connect("single")) {
                assertEchoes(tunnel);
            }
        }
        assertEquals(Cluster.NODES, second.accepted());
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }
}
