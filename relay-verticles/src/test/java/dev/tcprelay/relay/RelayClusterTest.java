package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
        int number = relays.size();
        Path own = Files.createDirectory(directory.resolve("node" + number));
        var members = new JsonArray();
        ports.forEach(port -> members.add("127.0.0.1:" + port));
        var cluster = new JsonObject()
                .put("host", "127.0.0.1")
                .put("port", ports.get(number))
                .put("busPort", Nodes.freePort())
                .put("name", "node-" + number)
                .put("members", members);
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
        relays.add(relay.start());
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
}
