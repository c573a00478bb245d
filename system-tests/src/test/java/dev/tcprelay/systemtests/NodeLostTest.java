package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node of three is killed, or stands still, while tunnels are opened all the time. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeLostTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int TUNNELS_A_SECOND = 200;
    private static final int STREAMS = 6;
    private static final long SECONDS_TO_WARM_UP = 180;
    private static final long SECONDS_TO_KNOW = 10;
    private static final long SECONDS_TO_COME_BACK = 60;

    /** Tunnels that were about to be opened through the node. */
    private static final int IN_FLIGHT = 40;

    /** Until a client whose connection was reset has a session at another node. */
    private static final long SECONDS_OF_A_KILL = 15;

    /** The same for one that has to notice the silence: docs/protocol.md, M17; and some time for a busy machine. */
    private static final long SECONDS_OF_SILENCE = 30 + 15;

    /** One of each skeleton that is at one node, two of each that has the balancer. */
    private static final int SESSIONS = 3 * Cluster.NODES;

    private static Cluster cluster;
    private static ClusterNode lost;
    private static List<ClusterNode> others;
    private static List<SocksPort> behindBalancer;
    private static List<SocksPort> direct;
    private static EchoPort directEcho;

    /** A pool through the balancer, as people have it; and servers that are at one node each. */
    @BeforeAll
    static void aClusterInUse() throws Exception {
        cluster = Cluster.start(STAGE);
        lost = cluster.node(0);
        others = cluster.nodes().subList(1, Cluster.NODES);
        for (String id : List.of("pool", "at-node-0", "at-node-1", "at-node-2")) {
            cluster.network().share(id);
        }
        String echo = STAGE.keep(new EchoPort()).address();
        directEcho = STAGE.keep(new EchoPort());
        String directTarget = directEcho.address();
        cluster.skeletons(
                "direct",
                cluster.nodes(),
                node -> "connections: 1, servers: [{id: at-" + node + ", target: \"" + directTarget + "\"}]");
        cluster.skeletonsBehindBalancer("pool", "servers: [{id: pool, spares: 8, target: \"" + echo + "\"}]");
        behindBalancer = cluster.socksBehindBalancer("clients");
        direct = cluster.socks(STAGE, "direct");
        awaitAll(cluster.nodes(), 1);
        warmUp(6000);
    }

    /** So many tunnels, of which none fails: virtual machines that compile do not keep up with the load that is meant. */
    private static void warmUp(int tunnels) throws Exception {
        Load load = STAGE.keep(new Load(behindBalancer, "pool", TUNNELS_A_SECOND));
        Eventually.within(SECONDS_TO_WARM_UP, "warm", () -> load.opened() >= tunnels);
        Load.Account account = load.stop();
        assertEquals(0, account.failures().size(), account::toString);
        System.out.println("warm-up: " + account);
    }

    private static void awaitAll(List<ClusterNode> nodes, int atTheLost) throws Exception {
        Cluster.awaitServers(
                SECONDS_TO_COME_BACK,
                nodes,
                Map.of("pool", Cluster.NODES, "at-node-0", atTheLost, "at-node-1", 1, "at-node-2", 1));
    }

    /** Streams that have nothing to do with the node that is lost, in all pairs of the others. */
    private static List<PacedStream> streams(Duration time) throws IOException {
        List<PacedStream> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            SocksPort client = direct.get(1 + i % 2);
            streams.add(PacedStream.start(client.connect("at-node-" + (1 + i / 2 % 2)), i, time));
        }
        return streams;
    }

    /** Tunnels that cross between the node that is lost and another: the client is at the one, or the skeleton. */
    private static List<Socket> throughTheLost() throws IOException {
        List<Socket> tunnels =
                List.of(direct.get(0).connect("at-node-1"), direct.get(1).connect("at-node-0"));
        for (Socket tunnel : tunnels) {
            STAGE.keep(tunnel).getOutputStream().write(42);
            assertEquals(42, tunnel.getInputStream().read());
        }
        return tunnels;
    }

    /** At both ends: what looked like an end would say that this was all. */
    private static void assertReset(List<Socket> tunnels, int resetsBefore) throws Exception {
        for (Socket tunnel : tunnels) {
            assertEquals(
                    Received.End.RESET, Received.read(tunnel, new Pattern(0)).end());
        }
        Eventually.within(
                SECONDS_TO_COME_BACK,
                "the target's ends are reset",
                () -> directEcho.resets() == resetsBefore + tunnels.size());
    }

    private static void assertWhole(List<PacedStream> streams) throws IOException {
        for (PacedStream stream : streams) {
            assertTrue(stream.isWhole(), stream::toString);
        }
    }

    @Test
    @Order(1)
    void killed() throws Exception {
        List<PacedStream> streams = streams(Duration.ofSeconds(25));
        List<Socket> across = throughTheLost();
        Load load = STAGE.keep(new Load(behindBalancer, "pool", TUNNELS_A_SECOND));
        Eventually.within(60, "load", () -> load.opened() > 500);
        int resets = directEcho.resets();
        long killed = System.nanoTime();
        lost.kill();
        Cluster.awaitServers(SECONDS_TO_KNOW, others, Map.of("at-node-0", 0, "at-node-1", 1, "at-node-2", 1));
        double known = seconds(killed);
        awaitAll(others, 0);
        double back = seconds(killed);
        assertReset(across, resets);
        assertWhole(streams);
        Load.Account account = load.stop();
        assertFewFailed(account, SECONDS_OF_A_KILL);
        System.out.printf(
                "a node was killed: %s; the others knew after %.1f s, its skeletons were back after %.1f s%n",
                account, known, back);
        lost.start();
        lost.awaitReady();
        awaitAll(cluster.nodes(), 1);
    }

    @Test
    @Order(2)
    void frozen() throws Exception {
        warmUp(2000);
        List<PacedStream> streams = streams(Duration.ofSeconds(25));
        Load load = STAGE.keep(new Load(behindBalancer, "pool", TUNNELS_A_SECOND));
        Eventually.within(60, "load", () -> load.opened() > 500);
        long frozen = System.nanoTime();
        lost.freeze();
        double known;
        try {
            Cluster.awaitServers(SECONDS_TO_KNOW, others, Map.of("at-node-0", 0, "at-node-1", 1, "at-node-2", 1));
            known = seconds(frozen);
            assertWhole(streams);
            awaitAll(others, 0);
        } finally {
            lost.thaw();
        }
        double back = seconds(frozen);
        awaitAll(cluster.nodes(), 1);
        awaitNoSessionButOurs();
        Load.Account account = load.stop();
        assertFewFailed(account, SECONDS_OF_SILENCE);
        System.out.printf(
                "a node stood still: %s; the others knew after %.1f s, its skeletons were back after %.1f s%n",
                account, known, back);
    }

    /** Those in flight through the node, and those of a client whose session was there until it has another. */
    private static void assertFewFailed(Load.Account account, long seconds) {
        assertTrue(account.outage() <= seconds, account::toString);
        long perClient = Math.round(account.perSecond() / Cluster.NODES * account.outage());
        assertTrue(account.failures().size() <= IN_FLIGHT + 2 * perClient, account::toString);
    }

    /** What the node had before is not there twice. */
    private static void awaitNoSessionButOurs() throws Exception {
        Eventually.within(SECONDS_TO_COME_BACK, "no skeleton has more sessions than it wants", () -> {
            int sessions = 0;
            for (ClusterNode node : cluster.nodes()) {
                sessions += node.skeletonSessions();
            }
            return sessions <= SESSIONS;
        });
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
