package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All nodes are restarted, one after the other, while tunnels run and new ones are opened all the time. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class RollingRestartTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int GRACE = 32;
    private static final int LONGEST_STREAM = 26;
    private static final int SHORTEST_STREAM = 5;
    private static final int TUNNELS_A_SECOND = 10;
    private static final long NANOS_BETWEEN_STREAMS = 700_000_000;
    private static final long SECONDS_TO_STOP = GRACE + 40;
    private static final long SECONDS_TO_COME_BACK = 60;

    private static Cluster cluster;
    private static List<SocksPort> clients;
    private static ServerSocket own;

    private final Queue<PacedStream> streams = new ConcurrentLinkedQueue<>();
    private volatile boolean enough;
    private volatile Exception notOpened;

    @BeforeAll
    static void aClusterInUse() throws Exception {
        cluster = Cluster.start(STAGE, "drain: {notice: 3s, grace: " + GRACE + "s}");
        cluster.network().share("pool");
        cluster.network().share("endless");
        String echo = STAGE.keep(new EchoPort()).address();
        own = STAGE.keep(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
        cluster.skeletonsBehindBalancer("pool", "servers: [{id: pool, spares: 4, target: \"" + echo + "\"}]");
        clients = cluster.socksBehindBalancer("clients");
        awaitAll();
        for (int i = 0; i < 100; i++) {
            assertEquals(0, clients.get(i % Cluster.NODES).reply("pool"), "warm-up");
        }
    }

    private static void awaitAll() throws Exception {
        Cluster.awaitServers(SECONDS_TO_COME_BACK, cluster.nodes(), Map.of("pool", Cluster.NODES));
        cluster.balancer().awaitUp(cluster.nodes());
    }

    @Test
    void breaksNoStreamAndRefusesNone() throws Exception {
        Thread opening = Threads.start("opens streams", this::openStreams);
        Load load = STAGE.keep(new Load(clients, "pool", TUNNELS_A_SECOND));
        for (ClusterNode node : cluster.nodes()) {
            long began = System.nanoTime();
            assertEquals(0, node.program().terminate(SECONDS_TO_STOP), node + " ends as it should");
            double drained = seconds(began);
            assertTrue(drained < GRACE + 3, node + " has waited for its grace: " + drained);
            node.start();
            node.awaitReady();
            awaitAll();
            System.out.printf("%s drained in %.1f s, was back after %.1f s%n", node, drained, seconds(began));
        }
        enough = true;
        opening.join();
        Load.Account account = load.stop();
        for (PacedStream stream : streams) {
            assertTrue(stream.isWhole(), stream::toString);
        }
        System.out.println("rolling restart: " + streams.size() + " streams whole, " + account);
        assertEquals(null, notOpened);
        assertEquals(List.of(), account.failures(), account::toString);
    }

    private void openStreams() {
        Random random = new Random(1);
        for (int i = 0; !enough; i++) {
            int seconds = SHORTEST_STREAM + random.nextInt(LONGEST_STREAM - SHORTEST_STREAM);
            try {
                Socket tunnel = clients.get(i % Cluster.NODES).connect("pool");
                streams.add(PacedStream.start(tunnel, i, Duration.ofSeconds(seconds)));
            } catch (IOException | AssertionError e) {
                notOpened = new IOException("stream " + i, e);
                return;
            }
            LockSupport.parkNanos(NANOS_BETWEEN_STREAMS);
        }
    }

    /** It has no end of its own. */
    @Test
    void cutsAnEndlessStreamWhenTheGraceIsOverWithAResetForBoth() throws Exception {
        ClusterNode node = cluster.node(2);
        Program skeleton = STAGE.keep(cluster.skeletons(
                "endless",
                List.of(node),
                at -> "servers: [{id: endless, target: \"127.0.0.1:" + own.getLocalPort() + "\"}]"));
        SocksPort client = new SocksPort(Ports.free());
        STAGE.keep(cluster.clients("endless", List.of(node), at -> "socks: {port: " + client.port() + "}"));
        Cluster.awaitServers(30, cluster.nodes(), Map.of("endless", 1));
        try (Socket application = client.connect("endless");
                Socket target = own.accept()) {
            application.setSoTimeout(1000 * (GRACE + 30));
            target.setSoTimeout(1000 * (GRACE + 30));
            long began = System.nanoTime();
            node.program().process().destroy();
            Received atApplication = Received.read(application, new Pattern(1));
            double cut = seconds(began);
            assertEquals(Received.End.RESET, atApplication.end());
            assertEquals(
                    Received.End.RESET, Received.read(target, new Pattern(1)).end());
            assertFalse(cut < GRACE, "cut too early: " + cut);
            System.out.printf("an endless stream was cut %.1f s after SIGTERM; notice 3 s, grace %d s%n", cut, GRACE);
        }
        assertEquals(0, node.program().result(SECONDS_TO_STOP).code());
        node.start();
        node.awaitReady();
        assertTrue(skeleton.process().isAlive());
        Cluster.awaitServers(SECONDS_TO_COME_BACK, cluster.nodes(), Map.of("endless", 1));
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
