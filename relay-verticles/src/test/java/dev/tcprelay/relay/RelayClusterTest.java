package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The same with Hazelcast and Vert.x' event bus: each node with a Vertx of its own, joined by the cluster.xml that ships. */
class RelayClusterTest {
    private final List<RelayCluster> clusters = new ArrayList<>();
    private final List<Relay> relays = new ArrayList<>();
    private final ClusterKey key = ClusterKey.generate(Relay.RANDOM);
    private final List<Integer> ports = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void leave() throws Exception {
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

    /** @param cluster tells where others are */
    private void add(JsonObject cluster) throws Exception {
        int number = relays.size();
        Path own = Files.createDirectory(directory.resolve("node" + number));
        cluster.put("host", "127.0.0.1")
                .put("port", ports.get(number))
                .put("busPort", Nodes.freePort())
                .put("name", "node-" + number);
        var settings = Settings.of(new JsonObject()
                .put("directory", own.toString())
                .put("peers", new JsonObject().put("port", Nodes.freePort()))
                .put("cluster", cluster));
        RelayOptions options = RelayOptions.from(settings);
        settings.finish();
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

    @Test
    void membersAndANameForAllOfThemExcludeEachOther() {
        var settings = Settings.of(new JsonObject()
                .put("host", "127.0.0.1")
                .put("members", new JsonArray().add("127.0.0.1:5701"))
                .put("dns", "relay-nodes:5701"));
        ClusterOptions.from(settings);
        assertTrue(assertThrows(SettingsException.class, settings::finish)
                .getMessage()
                .contains("dns: takes the place of members"));
    }
}
