package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever nodes of a cluster a client and a skeleton have come to, the tunnel is the same. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class AnyNodeTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final Content GIBIBYTE = Content.generated(1L << 30);
    private static final int MEBIBYTE = 1 << 20;
    /** What kernels and processes may take of a stream that nobody reads: some dozen buffers of sockets. */
    private static final long TAKEN = 96L * MEBIBYTE;

    /** What a stream that stands still may hold of a node's heap and buffers. */
    private static final long HELD = 4L * MEBIBYTE;

    private static final int RECEIVE_BUFFER = 32 * 1024;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final long NANOS_OF_STANDSTILL = 1_000_000_000;

    private static Cluster cluster;
    private static List<SocksPort> clients;
    private static Target endFirst;
    private static ServerSocket own;
    private static volatile int sizeOfEndFirst;

    /** Everything is served at the first node; at the others there is an echo. */
    @BeforeAll
    static void aSkeletonAndAClientAtEachNode() throws Exception {
        cluster = Cluster.shared();
        endFirst = STAGE.keep(Target.endFirst(() -> sizeOfEndFirst));
        own = new ServerSocket();
        STAGE.keep(own);
        own.setReceiveBufferSize(RECEIVE_BUFFER);
        own.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Map<String, String> first = new TreeMap<>(Map.of(
                "bulk", STAGE.keep(Target.bulk()).address(),
                "reply", STAGE.keep(Target.replyAfterEnd()).address(),
                "end", endFirst.address(),
                "own", "127.0.0.1:" + own.getLocalPort()));
        Map<ClusterNode, Map<String, String>> served =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        Map<String, Integer> all = new TreeMap<>();
        for (ClusterNode node : cluster.nodes()) {
            Map<String, String> here = node == cluster.node(0) ? first : new TreeMap<>();
            here.put("echo-at-" + node, STAGE.keep(Target.echo()).address());
            here.keySet().forEach(id -> all.put(id, 1));
            served.put(node, here);
        }
        for (String id : all.keySet()) {
            cluster.network().share(id);
        }
        STAGE.keep(cluster.skeletons("any-node", cluster.nodes(), node -> servers(served.get(node))));
        clients = cluster.socks(STAGE, "any-node-clients");
        Cluster.awaitServers(30, cluster.nodes(), all);
    }

    private static String servers(Map<String, String> targets) {
        return "servers: ["
                + String.join(
                        ", ",
                        targets.entrySet().stream()
                                .map(each -> "{id: " + each.getKey() + ", target: \"" + each.getValue() + "\"}")
                                .toList())
                + "]";
    }

    static List<Arguments> pairs() {
        return IntStream.range(0, Cluster.NODES * Cluster.NODES)
                .mapToObj(i -> Arguments.of(i / Cluster.NODES, i % Cluster.NODES))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aClientAtAnyNodeReachesASkeletonAtAnyNode(int client, int skeleton) throws Exception {
        for (int i = 0; i < 5; i++) {
            try (Socket tunnel = clients.get(client).connect("echo-at-node-" + skeleton)) {
                assertEchoes(tunnel);
            }
        }
    }

    @Test
    void theListIsTheSameFromAllNodesAndThroughTheBalancer() throws Exception {
        String list = cluster.network().client().run("ls", "--json").succeeds().out();
        assertTrue(list.contains("\"echo-at-node-2\""), list);
        for (ClusterNode node : cluster.nodes()) {
            assertEquals(
                    list, cluster.client(node).run("ls", "--json").succeeds().out(), node + "");
        }
    }

    @Test
    void oneGibibyteEachWayAcrossNodes() throws Exception {
        long began = System.nanoTime();
        Bulk.up(clients.get(1).connect("bulk"), GIBIBYTE);
        long half = System.nanoTime();
        Bulk.down(clients.get(2).connect("bulk"), GIBIBYTE);
        long end = System.nanoTime();
        System.out.printf("across nodes: 1 GiB up %d MiB/s, down %d MiB/s%n", rate(began, half), rate(half, end));
    }

    private static long rate(long from, long to) {
        return GIBIBYTE.length() * 1_000_000_000L / MEBIBYTE / (to - from);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_537, 3 * MEBIBYTE})
    void eitherSideMayEndFirst(int size) throws Exception {
        byte[] bytes = Content.bytes(size);
        try (Socket connection = clients.get(1).connect("reply")) {
            connection.getOutputStream().write(bytes);
            connection.shutdownOutput();
            assertArrayEquals(bytes, connection.getInputStream().readAllBytes());
        }
        sizeOfEndFirst = size;
        try (Socket connection = clients.get(2).connect("end")) {
            assertEquals(Content.generated(size), Content.read(connection.getInputStream()));
            Content.write(connection.getOutputStream(), size);
            connection.shutdownOutput();
            assertEquals(Content.generated(size), endFirst.received());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetArrivesAfterExactlyTheBytesBeforeIt(Direction direction) throws Exception {
        for (int bytes : new int[] {0, 1, 65_535, MEBIBYTE}) {
            var stream = new Pattern(bytes);
            try (Socket application = clients.get(1).connect("own");
                    Socket target = own.accept()) {
                Socket sender = direction == Direction.UP ? application : target;
                Socket receiver = direction == Direction.UP ? target : application;
                Threads.start("sender", () -> {
                    sender.getOutputStream().write(stream.bytes(0, bytes));
                    FaultyConnection.reset(sender);
                });
                receiver.setSoTimeout(PATIENCE_MILLIS);
                assertEquals(new Received(bytes, -1, Received.End.RESET), Received.read(receiver, stream));
            }
        }
    }

    @Test
    void aSlowReaderStopsItsSenderAndNobodyElse() throws Exception {
        List<Vitals> before = vitals();
        var sent = new AtomicLong();
        var stream = new Pattern(5);
        try (Socket application = clients.get(1).connect("own");
                Socket target = own.accept()) {
            Threads.start("sender", () -> {
                while (true) {
                    application.getOutputStream().write(stream.bytes(sent.get(), RECEIVE_BUFFER));
                    sent.addAndGet(RECEIVE_BUFFER);
                }
            });
            awaitStandstill(sent);
            List<Vitals> during = vitals();
            for (int i = 0; i < 20; i++) {
                try (Socket other = clients.get(1).connect("echo-at-node-0")) {
                    assertEchoes(other);
                }
            }
            assertTrue(sent.get() < TAKEN, "taken of a stream that nobody reads: " + sent);
            for (int i = 0; i < Cluster.NODES; i++) {
                Vitals was = before.get(i);
                Vitals is = during.get(i);
                String both = "node-" + i + " before " + was + ", with a stream that stands still " + is;
                System.out.println(both);
                assertTrue(is.heap() + is.direct() - was.heap() - was.direct() <= HELD, both);
            }
            target.setSoTimeout(PATIENCE_MILLIS);
            long length = sent.get();
            for (long at = 0; at < length; at += RECEIVE_BUFFER) {
                byte[] block = target.getInputStream().readNBytes(RECEIVE_BUFFER);
                assertEquals(-1, stream.difference(block, RECEIVE_BUFFER, at));
            }
        }
    }

    /** That nothing more is taken has no event: a second without a byte is it. */
    private static void awaitStandstill(AtomicLong sent) throws Exception {
        long[] seen = {-1, System.nanoTime()};
        Eventually.within(60, "the sender has to wait", () -> {
            if (sent.get() != seen[0]) {
                seen[0] = sent.get();
                seen[1] = System.nanoTime();
            }
            return System.nanoTime() - seen[1] > NANOS_OF_STANDSTILL;
        });
    }

    private static List<Vitals> vitals() throws Exception {
        List<Vitals> vitals = new ArrayList<>();
        for (ClusterNode node : cluster.nodes()) {
            vitals.add(Vitals.of(node.program()));
        }
        return vitals;
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }
}
