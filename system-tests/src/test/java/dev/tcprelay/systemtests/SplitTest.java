package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The private network of three nodes splits, two here and one there, and is whole again: each in a namespace of its own. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SplitTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int ALONE = 2;
    private static final long SECONDS_TO_NOTICE = 15;
    /** The halves look for each other every 10 s, and one of them joins anew. */
    private static final long SECONDS_TO_CONVERGE = 60;

    private static PrivateNetwork network;
    private static Cluster cluster;
    private static List<SocksPort> clients;

    @BeforeAll
    static void aSkeletonAndAClientAtEachNode() throws Exception {
        network = PrivateNetwork.of(STAGE, Cluster.NODES);
        cluster = Cluster.start(STAGE, network.nodes());
        String echo = STAGE.keep(new EchoPort()).address();
        for (String id : List.of("at-node-0", "at-node-1", "at-node-2", "everywhere")) {
            cluster.network().share(id);
        }
        cluster.skeletons(
                "skeletons",
                cluster.nodes(),
                node -> "connections: 1, servers: [{id: at-" + node + ", target: \"" + echo
                        + "\"}, {id: everywhere, target: \"" + echo + "\"}]");
        clients = cluster.socks(STAGE, "clients");
        Cluster.awaitServers(30, cluster.nodes(), whole());
    }

    private static Map<String, Integer> whole() {
        return Map.of("at-node-0", 1, "at-node-1", 1, "at-node-2", 1, "everywhere", Cluster.NODES);
    }

    @Test
    void bothSidesServeWhatTheyReachAndConvergeAfterwards() throws Exception {
        List<PacedStream> withinASide = List.of(stream(0, 1), stream(1, 0), stream(2, 2));
        List<PacedStream> across = List.of(stream(0, 2), stream(2, 1));
        long cut = System.nanoTime();
        network.cut(ALONE);
        List<ClusterNode> two = cluster.nodes().subList(0, ALONE);
        List<ClusterNode> one = List.of(cluster.node(ALONE));
        Cluster.awaitServers(
                SECONDS_TO_NOTICE, two, Map.of("at-node-0", 1, "at-node-1", 1, "at-node-2", 0, "everywhere", 2));
        Cluster.awaitServers(
                SECONDS_TO_NOTICE, one, Map.of("at-node-0", 0, "at-node-1", 0, "at-node-2", 1, "everywhere", 1));
        double noticed = seconds(cut);
        for (int client = 0; client < Cluster.NODES; client++) {
            assertServes(client, "everywhere");
            assertServes(client, "at-node-" + (client == ALONE ? ALONE : 1 - client));
        }
        assertEquals(4, clients.get(0).reply("at-node-2"));
        assertEquals(4, clients.get(ALONE).reply("at-node-0"));

        long healed = System.nanoTime();
        network.heal(ALONE);
        Cluster.awaitServers(SECONDS_TO_CONVERGE, cluster.nodes(), whole());
        double converged = seconds(healed);
        for (PacedStream stream : withinASide) {
            assertTrue(stream.isWhole(), stream::toString);
        }
        int honest = 0;
        for (PacedStream stream : across) {
            Received received = stream.received();
            assertEquals(-1, received.wrongAt(), stream::toString);
            honest += stream.isWhole() ? 1 : 0;
        }
        awaitTunnels();
        for (ClusterNode node : cluster.nodes()) {
            assertEquals(4, node.servers().size(), node.servers() + " at " + node);
            assertEquals(1, node.skeletonSessions(), "sessions at " + node);
        }
        System.out.printf(
                "split 2|1: noticed after %.1f s, one list again %.1f s after the network; %d of %d streams across it"
                        + " went on%n",
                noticed, converged, honest, across.size());
    }

    /** In all nine directions, as soon as links are there. */
    private static void awaitTunnels() throws Exception {
        for (int client = 0; client < Cluster.NODES; client++) {
            for (int skeleton = 0; skeleton < Cluster.NODES; skeleton++) {
                SocksPort port = clients.get(client);
                String id = "at-node-" + skeleton;
                Eventually.within(30, id + " from node " + client, () -> port.reply(id) == 0);
            }
        }
    }

    private static PacedStream stream(int client, int skeleton) throws IOException {
        Socket tunnel = clients.get(client).connect("at-node-" + skeleton);
        return PacedStream.start(tunnel, 10L * client + skeleton, Duration.ofSeconds(25));
    }

    private static void assertServes(int client, String id) throws IOException {
        try (Socket tunnel = clients.get(client).connect(id)) {
            tunnel.getOutputStream().write(42);
            assertEquals(42, tunnel.getInputStream().read());
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
