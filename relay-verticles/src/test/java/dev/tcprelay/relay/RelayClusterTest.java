package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same with Hazelcast and Vert.x' event bus: each node with a Vertx of its own, joined by the cluster.xml that ships. */
class RelayClusterTest {
    private final List<RelayCluster> clusters = new ArrayList<>();
    private final List<Relay> relays = new ArrayList<>();
    private final ClusterKey key = ClusterKey.generate(Relay.RANDOM);
    private final List<Integer> ports = new ArrayList<>();

    private final List<Vertx> rogues = new ArrayList<>();
    private NodeId rogueId = NodeId.random(Relay.RANDOM);

    @TempDir
    private Path directory;

    @AfterEach
    void leave() throws Exception {
        for (Vertx rogue : rogues) {
            Relay.await(rogue.close());
        }
        for (int i = 0; i < relays.size(); i++) {
            relays.get(i).close();
            Relay.await(clusters.get(i).vertx().close());
        }
    }

    private void add() throws Exception {
        var members = new JsonArray();
        ports.forEach(port -> members.add("127.0.0.1:" + port));
        add(new JsonObject().put("members", members));
    }

    private static RelayOptions options(Path own, JsonObject cluster) {
        var config = Settings.of(new JsonObject()
                .put("directory", own.toString())
                .put("peers", new JsonObject().put("port", Nodes.freePort()))
                .put("cluster", cluster));
        RelayOptions options = RelayOptions.from(config);
        config.finish();
        return options;
    }

    /** @param cluster tells where others are */
    private void add(JsonObject cluster) throws Exception {
        int number = relays.size();
        Path own = Files.createDirectory(directory.resolve("node" + number));
        cluster.put("host", "127.0.0.1")
                .put("port", ports.get(number))
                .put("busPort", Nodes.freePort())
                .put("name", "node-" + number);
        RelayOptions options = options(own, cluster);
        RelayCluster joined = Relay.await(RelayCluster.start(options, new VertxOptions()));
        clusters.add(joined);
        Relay relay =
                new Relay(joined.vertx(), own).clustered(key, options.peers().port(), () -> new RelayVerticle(joined));
        relays.add(relay.drain("0ms", "10s").start());
    }

    @Test
    void twoNodesFindEachOtherShareWhatTheyHaveAndNoticeWhenOneLeaves() throws Exception {
        ports.add(Nodes.freePort());
        ports.add(Nodes.freePort());
        add();
        Peer bob = relays.get(0).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        add();
        Node second = relays.get(1).node();
        Relay.until(() -> second.directory().size() == 1);
        Members.Member first =
                second.peering().members().find(relays.get(0).node().id()).orElseThrow();
        assertEquals("node-0", first.name());
        assertEquals(relays.get(0).peerPort(), first.peers().port());

        Peer spare = relays.get(0).skeleton().spare(bob, "web", new byte[50]);
        Peer alice = relays.get(1).client().login("alice", Relay.ALICE);
        Peer client = relays.get(1).client().open(alice, "web");
        assertEquals(
                client.hearLeg(Opened.class).tunnel(),
                spare.hearLeg(Start.class).tunnel());
        assertArrayEquals(new byte[50], client.read(50));
        client.close();
        spare.close();

        relays.get(0).close();
        Relay.await(clusters.get(0).vertx().close());
        Relay.until(() -> second.directory().size() == 0);
        Relay.until(() -> second.peering().members().others().isEmpty());
    }

    private JsonObject tls(Certificates authority) throws Exception {
        String node = "node" + relays.size();
        authority.issue(node);
        var members = new JsonArray();
        ports.forEach(port -> members.add("127.0.0.1:" + port));
        return new JsonObject()
                .put("members", members)
                .put(
                        "tls",
                        new JsonObject()
                                .put("key", authority.key(node).toString())
                                .put("certificate", authority.certificate(node).toString())
                                .put("authority", authority.authority().toString()));
    }

    @Test
    void nodesWithCertificatesOfOneAuthorityTellEachOtherWhatTheyHave() throws Exception {
        ports.add(Nodes.freePort());
        ports.add(Nodes.freePort());
        var authority = new Certificates(directory, "ours");
        add(tls(authority));
        add(tls(authority));
        Peer bob = relays.get(0).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        Relay.until(() -> relays.get(1).node().directory().size() == 1);
    }

    @Test
    void aNodeWithACertificateOfAnotherAuthorityHearsNothing() throws Exception {
        ports.add(Nodes.freePort());
        ports.add(Nodes.freePort());
        add(tls(new Certificates(directory, "ours")));
        Peer bob = relays.get(0).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        try (var logged = new Logged()) {
            add(tls(new Certificates(directory, "theirs")));
            Relay.until(() -> logged.lines().stream()
                            .filter(line -> line.startsWith("WARN ClusteredEventBus Connecting to server "))
                            .count()
                    >= 4);
        }
        assertEquals(1, relays.get(1).node().peering().members().others().size());
        assertEquals(0, relays.get(1).node().directory().size());
    }

    /** Netty has nothing to say of an orderly end; Hazelcast has, on the node that stays: it sees a connection end. */
    @Test
    void aNodeThatHasBeenDrainedLeavesNothingBehindAndNoWarning() throws Exception {
        ports.add(Nodes.freePort());
        ports.add(Nodes.freePort());
        add();
        add();
        Node second = relays.get(1).node();
        Peer bob = relays.get(0).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        Relay.until(() -> second.directory().size() == 1);
        relays.get(0).client().login("alice", Relay.ALICE).close();
        try (var logged = new Logged()) {
            Future<Void> drained = relays.get(0).drain();
            bob.hear(GoAway.class);
            bob.say(new Bye());
            Relay.await(drained);
            relays.get(0).close();
            Relay.await(clusters.get(0).vertx().close());
            Relay.until(() -> second.peering().members().others().isEmpty());
            assertEquals(0, second.directory().size());
            assertEquals(1, second.peering().fleet().with(0).nodes());
            assertEquals(
                    List.of(),
                    logged.lines().stream()
                            .filter(line -> !line.startsWith("INFO"))
                            .filter(line -> !line.contains(" TcpServerConnectionErrorHandler ")
                                    && !line.contains(" MembershipManager "))
                            .toList());
        }
    }

    /** Everything that the node itself logs, not only what the relay command's log shows. */
    @Test
    void aNodeThatStopsLogsNoWarning() throws Exception {
        ports.add(Nodes.freePort());
        ports.add(Nodes.freePort());
        add();
        Node first = relays.get(0).node();
        try (var logged = new Logged()) {
            add();
            Relay.until(() ->
                    first.peering().members().find(relays.get(1).node().id()).isPresent());
            NodeId second = relays.get(1).node().id();
            Relay.until(() -> first.peering().links().warm(second) > 0);
            relays.get(1).close();
            Relay.await(clusters.get(1).vertx().close());
            Relay.until(() -> first.peering().members().others().isEmpty());
            assertEquals(
                    List.of(),
                    logged.lines().stream()
                            .filter(line -> !line.startsWith("INFO"))
                            .filter(line -> !line.contains(" TcpServerConnectionErrorHandler ")
                                    && !line.contains(" MembershipManager "))
                            .toList());
        }
    }

    @Test
    void aMemberMayBeANameAndAllMembersMayBeTheAddressesOfOne() throws Exception {
        for (int i = 0; i < 3; i++) {
            ports.add(Nodes.freePort());
        }
        String first = "localhost:" + ports.get(0);
        add();
        add(new JsonObject().put("members", new JsonArray().add(first)));
        Members seen = relays.get(0).node().peering().members();
        Relay.until(() -> seen.others().size() == 1);
        add(new JsonObject().put("dns", first));
        Relay.until(() -> seen.others().size() == 2);
    }

    /** Its standard is to listen on all addresses, also on those that the world reaches. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere 127.0.0.2 is no address of the machine")
    void hazelcastListensOnTheNodesAddressOnly() throws Exception {
        ports.add(Nodes.freePort());
        add();
        new Socket("127.0.0.1", ports.get(0)).close();
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", ports.get(0)).close());
    }

    /** A member that stands still: its system takes connections, and nothing answers on them. */
    @Test
    void aMemberThatIsConnectedToAndSilentMakesNoThreadRunInCircles() throws Exception {
        ports.add(Nodes.freePort());
        ports.add(Nodes.freePort());
        add();
        byte[] hello = new byte[3];
        try (ServerSocket still = new ServerSocket(ports.get(1), 50, InetAddress.getByName("127.0.0.1"));
                Socket connected = still.accept()) {
            assertEquals(hello.length, connected.getInputStream().readNBytes(hello, 0, hello.length));
            long before = nanosOfThreads("IO.thread-out");
            connected.setSoTimeout(2000);
            assertThrows(
                    SocketTimeoutException.class,
                    () -> connected.getInputStream().read());
            long used = nanosOfThreads("IO.thread-out") - before;
            assertTrue(used < 500_000_000, used / 1_000_000 + " ms of CPU in 2 s");
        }
    }

    private static long nanosOfThreads(String name) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().contains(name))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "busPort"})
    void aPortThatIsTakenIsOneClearError(String setting) throws Exception {
        try (ServerSocket taken = new ServerSocket(Nodes.freePort(), 1, InetAddress.getByName("127.0.0.1"));
                var logged = new Logged()) {
            var cluster = new JsonObject()
                    .put("host", "127.0.0.1")
                    .put("port", Nodes.freePort())
                    .put("busPort", Nodes.freePort())
                    .put(setting, taken.getLocalPort());
            var e = assertThrows(
                    IOException.class,
                    () -> Relay.await(RelayCluster.start(options(directory, cluster), new VertxOptions())));
            assertEquals(
                    "cannot listen at 127.0.0.1:" + taken.getLocalPort()
                            + " for other nodes: Address already in use; see cluster.host and cluster." + setting,
                    e.getMessage());
            assertEquals(List.of(), logged.lines());
        }
    }

    @Test
    void membersAndANameForAllOfThemExcludeEachOther() {
        var config = Settings.of(new JsonObject()
                .put("host", "127.0.0.1")
                .put("members", new JsonArray().add("127.0.0.1:5701"))
                .put("dns", "relay-nodes:5701"));
        ClusterOptions.from(config);
        assertTrue(assertThrows(SettingsException.class, config::finish)
                .getMessage()
                .contains("dns: takes the place of members"));
    }

    /** A member of Hazelcast that is no node: it says where it takes links, and has no cluster.key. */
    private Vertx rogue(String peerPort) throws Exception {
        int port = Nodes.freePort();
        var properties = new Properties();
        properties.setProperty("relay.cluster.host", "127.0.0.1");
        properties.setProperty("relay.cluster.port", "" + port);
        properties.setProperty("relay.cluster.members", "127.0.0.1:" + ports.get(0));
        properties.setProperty("relay.cluster.silence", "4");
        try (var in = RelayCluster.class.getResourceAsStream("/cluster.xml")) {
            Config config = new XmlConfigBuilder(in).setProperties(properties).build();
            config.getMemberAttributeConfig().setAttribute("relay.peerPort", peerPort);
            config.getMemberAttributeConfig().setAttribute("relay.name", "rogue");
            config.getMemberAttributeConfig().setAttribute("relay.version", "0");
            var manager = new HazelcastClusterManager(config);
            var builder = Vertx.builder()
                    .with(new VertxOptions()
                            .setEventBusOptions(
                                    new EventBusOptions().setHost("127.0.0.1").setPort(Nodes.freePort())))
                    .withClusterManager(manager);
            Vertx rogue = Relay.await(builder.buildClustered());
            rogues.add(rogue);
            rogueId = RelayClusterTest.id(manager.getNodeId());
            return rogue;
        }
    }

    private static NodeId id(String uuid) {
        UUID id = UUID.fromString(uuid);
        return new NodeId(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    /** What a member says of itself makes no node dial anywhere but at the member: docs/protocol.md, M57. */
    @Test
    void m57_aMemberThatNamesAnotherAddressThanItsOwnIsNotDialledThere() throws Exception {
        ports.add(Nodes.freePort());
        add();
        try (ServerSocket victim = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket own = new ServerSocket(Nodes.freePort(), 50, InetAddress.getLoopbackAddress())) {
            Vertx unused = rogue("localhost:" + victim.getLocalPort());
            NodeId named = rogueId;
            Vertx alsoUnused = rogue("" + own.getLocalPort());
            own.accept().close(); // the second is dialled where it is; the first would have been before
            assertTrue(relays.get(0).node().peering().members().find(named).isEmpty());
            victim.setSoTimeout(1);
            assertThrows(SocketTimeoutException.class, victim::accept);
        }
    }

    /** What a member without cluster.key lists, asks for and answers joins nothing to a tunnel: M57, M59, M63. */
    @Test
    void m63_aMemberWithoutTheKeyThatListsServersGetsNoTunnelAndStopsNone() throws Exception {
        ports.add(Nodes.freePort());
        add();
        Relay relay = relays.get(0);
        try (ServerSocket own = new ServerSocket(Nodes.freePort(), 50, InetAddress.getLoopbackAddress())) {
            var heard = new AtomicInteger();
            Queue<JsonObject> asked = new ConcurrentLinkedQueue<>();
            Thread answering = new Thread(() -> answerWithGarbage(own, heard));
            answering.start();
            Vertx rogue = rogue("" + own.getLocalPort());
            Relay.until(() -> relay.node().peering().members().find(rogueId).isPresent());
            var offer = new Offer(new ServerId("web"), new UserName("bob"), Instance.random(Relay.RANDOM));
            var entry = new Entry(offer, new Claim(offer, rogueId, Mode.GROUP, 1), 5, 0);
            String desk = "relay.node." + relay.node().id();
            rogue.eventBus().<JsonObject>consumer("relay.node." + rogueId, message -> {
                asked.add(message.body());
                message.reply(true);
            });
            rogue.eventBus()
                    .send(
                            desk,
                            NodeMessages.encode(new NodeMessage.Delta(NodeId.random(Relay.RANDOM), 1, List.of(entry))));
            Relay.until(() -> relay.node().counters().strangeMessages.sum() == 1);
            assertEquals(0, relay.node().directory().size(), "of a node that is no member");
            rogue.eventBus().send(desk, NodeMessages.encode(new NodeMessage.Delta(rogueId, 1, List.of(entry))));
            Relay.until(() -> relay.node().directory().size() == 1);

            Relay.until(() -> !relay.node().peering().links().crossable(rogueId));
            Peer alice = relay.client().login("alice", Relay.ALICE);
            relay.client().open(alice, "web").hearLeg(Unavailable.class);
            assertTrue(
                    asked.stream()
                            .allMatch(
                                    message -> NodeMessages.decode(message).orElseThrow() instanceof NodeMessage.Share),
                    "a node that cannot be linked is not asked");

            Instance instance = Instance.random(Relay.RANDOM);
            Peer bob = relay.skeleton().login("bob", Relay.BOB, instance);
            assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
            Peer spare = relay.skeleton().spare(bob, "web", new byte[50]);
            var genuine = new Offer(new ServerId("web"), new UserName("bob"), instance);
            Relay.until(() -> relay.node().spares().count(genuine) == 1);
            Token stolen = Token.random(Relay.RANDOM);
            assertTrue(heard.get() > 0, "it is dialled as a member");
            Boolean carried = Relay.await(rogue.eventBus()
                    .<Boolean>request(desk, NodeMessages.encode(new NodeMessage.Take(rogueId, genuine, stolen)))
                    .map(Message::body));
            assertFalse(carried, "a spare is not carried to who has no key");
            Peer client = relay.client().open(alice, "web");
            client.hearLeg(Opened.class);
            spare.hearLeg(Start.class);
            assertArrayEquals(new byte[50], client.read(50));
            client.close();
            spare.close();
            own.close();
            answering.join();
        }
    }

    /** Greets as a node does, takes ATTACH, and answers it as if it knew the key. */
    private static void answerWithGarbage(ServerSocket own, AtomicInteger heard) {
        while (!own.isClosed()) {
            try (Socket link = own.accept()) {
                link.setSoTimeout(10_000);
                link.getOutputStream().write(Hello.ofNode(Relay.RANDOM).encode());
                byte[] attach = link.getInputStream().readNBytes(3 + 2 + 36 + 32 + 144);
                heard.incrementAndGet();
                link.getOutputStream().write(attach);
                link.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The node has ended it, or the test the port.
                continue;
            }
        }
    }
}
