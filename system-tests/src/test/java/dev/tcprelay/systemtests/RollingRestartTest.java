package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/**
 * All nodes are restarted, one after the other, while tunnels run and new ones are opened all the time. At the last one
 * there is also a tunnel that has no end of its own.
 */
@Timeout(value = 420, unit = TimeUnit.SECONDS)
class RollingRestartTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int NOTICE = 3;
    private static final int GRACE = 65;
    private static final int LONGEST_STREAM = 60;
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
    private volatile Deadline over;
    private volatile Exception notOpened;

    @BeforeAll
    static void aClusterInUse() throws Exception {
        cluster = Cluster.start(STAGE, "drain: {notice: " + NOTICE + "s, grace: " + GRACE + "s}");
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
    void breaksNoStreamRefusesNoneAndCutsOnlyTheEndlessOne() throws Exception {
        Thread opening = Threads.start("opens streams", this::openStreams);
        Load load = STAGE.keep(new Load(clients, "pool", TUNNELS_A_SECOND));
        Eventually.within(60, "streams", () -> streams.size() >= 3 * Cluster.NODES);
        for (ClusterNode node : cluster.nodes().subList(0, Cluster.NODES - 1)) {
            double drained = restart(node);
            assertTrue(drained < NOTICE + GRACE, node + " has waited for its grace: " + drained);
        }
        ClusterNode last = cluster.node(Cluster.NODES - 1);
        Endless endless = Endless.at(last);
        over = Deadline.inSeconds(NOTICE + GRACE);
        restart(last);
        endless.assertCut();
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

    /** Returns after how many seconds it had ended. */
    private static double restart(ClusterNode node) throws Exception {
        long began = System.nanoTime();
        assertEquals(0, node.program().terminate(SECONDS_TO_STOP), node + " ends as it should");
        double drained = seconds(began);
        node.start();
        node.awaitReady();
        awaitAll();
        System.out.printf("%s drained in %.1f s, was back after %.1f s%n", node, drained, seconds(began));
        return drained;
    }

    private void openStreams() {
        Random random = new Random(1);
        for (int i = 0; !enough; i++) {
            int seconds = SHORTEST_STREAM + random.nextInt(LONGEST_STREAM - SHORTEST_STREAM + 1);
            try {
                Socket tunnel = clients.get(i % Cluster.NODES).connect("pool");
                streams.add(PacedStream.start(tunnel, i, Duration.ofSeconds(shortened(seconds))));
            } catch (IOException | AssertionError e) {
                notOpened = new IOException("stream " + i, e);
                return;
            }
            LockSupport.parkNanos(NANOS_BETWEEN_STREAMS);
        }
    }

    /** Those that begin while the last node drains end with that: nothing is to be seen of them afterwards. */
    private long shortened(int wanted) {
        Deadline last = over;
        return last == null ? wanted : Math.min(wanted, Math.max(SHORTEST_STREAM, last.millis() / 1000));
    }

    /** A tunnel between a client and a skeleton that are at one node, on which nobody says anything. */
    private record Endless(Program skeleton, Ending application, Ending target) {
        static Endless at(ClusterNode node) throws Exception {
            Program skeleton = cluster.skeletons(
                    "endless",
                    List.of(node),
                    at -> "servers: [{id: endless, target: \"127.0.0.1:" + own.getLocalPort() + "\"}]");
            SocksPort client = new SocksPort(Ports.free());
            cluster.clients("endless", List.of(node), at -> "socks: {port: " + client.port() + "}");
            Cluster.awaitServers(30, cluster.nodes(), Map.of("endless", 1));
            Ending application = new Ending(client.connect("endless"));
            Ending target = new Ending(own.accept());
            return new Endless(skeleton, application, target);
        }

        void assertCut() throws Exception {
            for (Ending end : List.of(application, target)) {
                assertEquals(Received.End.RESET, end.await());
                assertTrue(end.seconds >= GRACE, "cut too early: " + end.seconds);
            }
            assertTrue(skeleton.process().isAlive());
            Cluster.awaitServers(SECONDS_TO_COME_BACK, cluster.nodes(), Map.of("endless", 1));
            System.out.printf(
                    "an endless stream was cut %.1f s after SIGTERM; notice %d s, grace %d s%n",
                    application.seconds, NOTICE, GRACE);
        }
    }

    /** How and when one end of a connection ends. */
    private static final class Ending {
        private final Thread thread;
        private volatile Received received;
        private volatile double seconds;

        Ending(Socket socket) throws IOException {
            socket.setSoTimeout(1000 * (GRACE + 60));
            STAGE.keep(socket);
            long began = System.nanoTime();
            thread = Threads.start("endless", () -> {
                received = Received.read(socket, new Pattern(1));
                seconds = RollingRestartTest.seconds(began);
            });
        }

        Received.End await() {
            Threads.join(thread);
            return received.end();
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
