package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Listed;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes are one relay: legs and sessions land wherever they like (docs/protocol.md, section 13). */
@ExtendWith(VertxExtension.class)
class AcrossNodesTest {
    private static final int MEGABYTE = 1 << 20;
    private Nodes nodes;
    private Peer bob;
    private Peer alice;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        nodes = Nodes.started(vertx, directory, 3, relay -> relay.limit("unlistedSpareLife", "300ms"));
        bob = nodes.get(0).skeleton().login("bob", Relay.BOB);
        alice = nodes.get(1).client().login("alice", Relay.ALICE);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        nodes.listed("web", 1);
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        for (int i = 0; i < 2; i++) {
            Node node = nodes.get(i).node();
            Relay.until(() -> node.tunnels().open() == 0);
            Relay.until(() -> node.tunnels().carried() == 0);
            Relay.until(() -> node.tunnels().awaiting() == 0);
            Relay.until(() -> node.tunnels().of(new UserName("alice")) == 0);
        }
        nodes.close();
    }

    private static byte[] message1(int number) {
        byte[] message = new byte[50];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private void sparesAt(int node, int count) {
        Offer offer =
                nodes.get(node).node().directory().offers(new ServerId("web")).get(0);
        for (int i = 0; i < 3; i++) {
            Node at = nodes.get(i).node();
            if (i != node) {
                Relay.until(() -> at.directory().elsewhere(offer).stream()
                        .filter(told ->
                                told.node().equals(nodes.get(node).node().id()))
                        .anyMatch(told -> told.entry().spares() == count));
            }
        }
    }

    private Peer spareAt(int node, int number) throws Exception {
        Peer spare = nodes.get(node).skeleton().spare(bob, "web", message1(number));
        sparesAt(node, 1);
        return spare;
    }

    private void echo(Peer one, Peer other) throws Exception {
        one.send("hello".getBytes());
        assertArrayEquals("hello".getBytes(), other.read(5));
        other.send("dear".getBytes());
        assertArrayEquals("dear".getBytes(), one.read(4));
    }

    @Test
    void m67_welcomeTellsHowManyNodesThereAre() throws Exception {
        assertEquals(
                3, nodes.get(1).client().login("alice", Relay.ALICE).welcome().nodes());
    }

    @Test
    void aSpareOnOneNodeServesAClientOnAnother() throws Exception {
        Peer spare = spareAt(2, 7);
        Peer client = nodes.get(1).client().open(alice, "web");
        Opened opened = client.hearLeg(Opened.class);
        assertEquals(opened.tunnel(), spare.hearLeg(Start.class).tunnel());
        assertArrayEquals(message1(7), client.read(50));
        echo(client, spare);
        assertEquals(1, nodes.get(1).node().tunnels().open());
        assertEquals(1, nodes.get(2).node().tunnels().carried());
        assertEquals(2, status(1).legs(), "the client's and the link");
        assertEquals(2, status(2).legs(), "the skeleton's and the link");
        assertEquals(1, links(1, 2).used());
        assertEquals(1, links(2, 1).used());
        assertEquals(0, links(1, 0).used());
        client.close();
        assertEquals(0, spare.rest().length);
        spare.close();
        Relay.until(() -> links(1, 2).used() == 0 && links(2, 1).used() == 0);
    }

    private NodeStatus status(int node) {
        var run = new NodeStatus.Run(java.time.Instant.EPOCH, nodes.get(node).fingerprint(), 0, 0);
        return NodeStatus.of(run, NodeState.READY, null, nodes.get(node).node());
    }

    private PeerLinks.Use links(int from, int to) {
        return nodes.get(from).node().peering().links().use(nodes.get(to).node().id());
    }

    private ClusterStatus.Row row(int seenBy, int node) {
        return ClusterStatus.of(nodes.get(seenBy).node()).orElseThrow().nodes().stream()
                .filter(row -> row.member().id().equals(nodes.get(node).node().id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void eachNodeKnowsHowTheOthersAreAndWhoHasOtherUsers() throws Exception {
        for (int i = 0; i < 3; i++) {
            int seenBy = i;
            Relay.until(() -> row(seenBy, 0).servers() == 1
                    && row(seenBy, 0).condition() != null
                    && row(seenBy, 0).condition().sessions() == 1);
            assertEquals(0, row(i, 1).servers());
            assertEquals(seenBy == 0, row(i, 0).self());
        }
        Relay.until(() -> links(0, 1).warm() > 0);
        String json = status(0).json().encode();
        assertTrue(json.contains("\"usersDiffer\":false"), json);
        var cluster = status(0).json().getJsonObject("cluster");
        assertEquals(java.util.Set.of("usersDiffer", "nodes"), cluster.fieldNames());
        assertEquals(
                "[node, name, self, version, address, state, servers, links, since, sessions, usersHash, sameUsers]",
                cluster.getJsonArray("nodes").getJsonObject(0).fieldNames().toString());
        String metrics = new Metrics(nodes.get(0).node().counters()).of(status(0));
        for (String line : List.of("relay_nodes 3.0", "relay_nodes_other_users 0.0", "relay_links_used 0.0")) {
            assertTrue(metrics.contains(line + "\n"), metrics);
        }
        Relay.until(() -> nodes.get(0).node().counters().digests.sum() > 0);
        Relay.until(() -> nodes.get(1).node().counters().deltas.sum() > 0);
        try (var log = new Logged()) {
            nodes.get(2)
                    .reload(Relay.USERS
                            + Relay.line(
                                    "erin", dev.tcprelay.protocol.noise.KeyPair.generate(Relay.RANDOM), "connect=x"));
            Relay.until(() -> !row(0, 2).sameUsers() && row(0, 1).sameUsers());
            assertTrue(status(0).json().encode().contains("\"usersDiffer\":true"));
            Relay.until(() -> log.lines().stream()
                            .filter(line -> line.contains("has other users than this one"))
                            .count()
                    == 4);
            nodes.get(2).reload(Relay.USERS);
            Relay.until(() -> log.lines().stream()
                            .filter(line -> line.contains("has the users of this one again"))
                            .count()
                    == 4);
            assertEquals(
                    4,
                    log.lines().stream()
                            .filter(line -> line.startsWith("WARN SameUsers"))
                            .count());
        }
    }

    @Test
    void anAnswerOfASkeletonWhoseSessionIsElsewhereLandsOnAThirdNodeAndIsCarried() throws Exception {
        Peer client = nodes.get(1).client().open(alice, "web");
        Need need = bob.hear(Need.class);
        assertEquals(nodes.get(1).node().id(), need.node(), "the node where the client is");
        Peer leg = nodes.get(2).skeleton();
        leg.attach(bob.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1(3));
        leg.hearLeg(Start.class);
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(3), client.read(50));
        echo(client, leg);
        client.close();
        leg.close();
    }

    @Test
    void anAnswerWithATokenThatIsNotAwaitedThereBecomesASpareWhereItLanded() throws Exception {
        Peer leg = nodes.get(2).skeleton();
        leg.attach(
                bob.ticket(),
                Attach.answer(
                        new ServerId("web"),
                        nodes.get(1).node().id(),
                        dev.tcprelay.protocol.wire.Token.random(Relay.RANDOM)));
        leg.send(message1(4));
        sparesAt(2, 1);
        Peer client = nodes.get(1).client().open(alice, "web");
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(4), client.read(50));
        client.close();
        leg.close();
    }

    @Test
    void eachDirectionEndsByItselfAcrossTheLink() throws Exception {
        Peer spare = spareAt(2, 1);
        Peer client = nodes.get(1).client().open(alice, "web");
        client.hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        client.read(50);
        client.send("last".getBytes());
        client.socket.shutdownOutput();
        assertArrayEquals("last".getBytes(), spare.rest());
        byte[] large = new byte[4 * MEGABYTE];
        Relay.RANDOM.nextBytes(large);
        var received = Peer.async(() -> {
            try {
                return client.rest();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        spare.send(large);
        spare.socket.shutdownOutput();
        assertArrayEquals(large, received.get());
    }

    @Test
    void aResetOfOneSideIsAResetOfTheOther() throws Exception {
        Peer spare = spareAt(2, 1);
        Peer client = nodes.get(1).client().open(alice, "web");
        client.hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        client.read(50);
        client.socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        org.junit.jupiter.api.Assertions.assertThrows(java.net.SocketException.class, () -> spare.read(1));
    }

    @Test
    void aSlowReaderStopsTheSenderAcrossTheLink() throws Exception {
        Peer spare = spareAt(2, 1);
        Peer client = nodes.get(1).client().open(alice, "web");
        client.hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        client.read(50);
        var sent = new java.util.concurrent.atomic.AtomicLong();
        Thread sender = new Thread(() -> {
            try {
                byte[] part = new byte[65536];
                while (true) {
                    client.send(part);
                    sent.addAndGet(part.length);
                }
            } catch (java.io.IOException e) {
                // The test has closed it.
            }
        });
        sender.start();
        long before = -1;
        for (int same = 0; same < 5; ) {
            // That nothing more is taken has no event: half a second without a byte is it.
            Thread.sleep(100);
            same = sent.get() == before ? same + 1 : 0;
            before = sent.get();
        }
        assertTrue(before < 64L * MEGABYTE, "kernels and nodes have taken " + before + " bytes");
        client.close();
        spare.close();
        sender.join();
    }

    @Test
    void everyNodeListsAnIdOnceHoweverManyHomesItHas() throws Exception {
        Instance instance = Instance.random(Relay.RANDOM);
        Peer first = nodes.get(1).skeleton().login("bob", Relay.BOB, instance);
        Peer second = nodes.get(2).skeleton().login("bob", Relay.BOB, instance);
        assertEquals(Status.AVAILABLE, first.register("mail", Mode.EXCLUSIVE));
        assertEquals(Status.AVAILABLE, second.register("mail", Mode.EXCLUSIVE));
        nodes.listed("mail", 1);
        for (int i = 0; i < 3; i++) {
            Peer client = nodes.get(i).client().login("alice", Relay.ALICE);
            client.say(new ListServers(null));
            assertEquals(
                    List.of(new Listed(new ServerId("mail"), 1), new Listed(new ServerId("web"), 1)),
                    client.hear(Servers.class).servers());
        }
        first.close();
        Relay.until(() -> nodes.get(0)
                        .node()
                        .directory()
                        .elsewhere(nodes.get(0)
                                .node()
                                .directory()
                                .offers(new ServerId("mail"))
                                .get(0))
                        .size()
                == 1);
        nodes.listed("mail", 1);
        second.close();
        nodes.listed("mail", 0);
    }

    @Test
    void anotherAccountOrAnExclusiveClaimOnAnotherNodeIsRefusedWhileTheHolderAnswers() throws Exception {
        var answering = Peer.async(() -> {
            try {
                while (true) {
                    bob.hear(dev.tcprelay.protocol.wire.ControlMessage.Ping.class);
                    bob.say(new dev.tcprelay.protocol.wire.ControlMessage.Pong());
                }
            } catch (Exception e) {
                return e;
            }
        });
        assertEquals(
                Status.IN_USE,
                nodes.get(2).skeleton().login("carol", Relay.CAROL).register("web", Mode.GROUP));
        assertEquals(
                Status.IN_USE, nodes.get(2).skeleton().login("bob", Relay.BOB).register("web", Mode.EXCLUSIVE));
        assertEquals(
                Status.AVAILABLE,
                nodes.get(2).skeleton().login("bob", Relay.BOB).register("web", Mode.GROUP));
        nodes.listed("web", 2);
        bob.close();
        answering.get();
    }

    @Test
    void aHolderOnAnotherNodeThatDoesNotAnswerLosesItsId() throws Exception {
        Peer other = nodes.get(2).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, other.register("web", Mode.EXCLUSIVE), "bob's first session says nothing");
        Directory third = nodes.get(1).node().directory();
        Relay.until(() -> third.offers(new ServerId("web")).stream()
                .flatMap(offer -> third.elsewhere(offer).stream())
                .map(Listing.Told::node)
                .toList()
                .equals(List.of(other.welcome().node())));
    }

    @Test
    void ofTwoExclusiveClaimsAtTheSameTimeOneIsWithdrawn() throws Exception {
        nodes.cluster.see(nodes.seat(1), nodes.seat(2), false);
        Peer one = nodes.get(1).skeleton().login("bob", Relay.BOB);
        Peer two = nodes.get(2).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, one.register("mail", Mode.EXCLUSIVE));
        nodes.cluster.see(nodes.seat(0), nodes.seat(2), false);
        assertEquals(Status.AVAILABLE, two.register("mail", Mode.EXCLUSIVE));
        nodes.cluster.see(nodes.seat(0), nodes.seat(2), true);
        nodes.cluster.see(nodes.seat(1), nodes.seat(2), true);
        boolean firstStands = Arrays.compareUnsigned(
                        nodes.seat(1).id.bytes(), nodes.seat(2).id.bytes())
                < 0;
        assertEquals(
                Status.IN_USE, (firstStands ? two : one).hear(Registered.class).status());
        nodes.listed("mail", 1);
    }

    @Test
    void sparesStayForAWhileWhenTheirSessionMovesAndCloseWhenItDoesNotComeBack() throws Exception {
        Peer spare = spareAt(2, 5);
        bob.say(new Unregister(new ServerId("web")));
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        // Who knows this one knows what came before it: that web was listed says nothing, it was listed all the time.
        assertEquals(Status.AVAILABLE, bob.register("later", Mode.GROUP));
        nodes.listed("later", 1);
        Peer client = nodes.get(1).client().open(alice, "web");
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(5), client.read(50));
        client.close();
        spare.close();
        Peer other = spareAt(2, 6);
        bob.say(new Unregister(new ServerId("web")));
        assertEquals(0, other.rest().length);
    }

    @Test
    void theTicketOfOneNodeIsGoodOnAllUntilTheUserIsGone() throws Exception {
        Peer leg = nodes.get(2).client();
        leg.attach(alice.ticket(), Attach.client()).close();
        nodes.get(2).reload(Relay.line("bob", Relay.BOB, "serve=*"));
        Peer refused = nodes.get(2).client();
        refused.send(refused.attachRequest(alice.ticket(), Attach.client()));
        assertArrayEquals(Peer.REFUSED, refused.rest());
    }

    @Test
    void whenANodeIsGoneItsServersAreGone() throws Exception {
        Peer spare = spareAt(2, 1);
        Peer client = nodes.get(1).client().open(alice, "web");
        client.hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        client.read(50);
        nodes.kill(2);
        assertEquals(0, client.rest().length, "the carried leg was on the node that is gone");
        nodes.kill(0);
        Relay.until(() -> nodes.get(0).node().directory().size() == 0);
        nodes.get(0).client().open(alice, "web").hearLeg(Unavailable.class);
        nodes.add();
    }
}
