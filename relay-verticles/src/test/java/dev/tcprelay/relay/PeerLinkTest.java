package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.PeerDialler;
import dev.tcprelay.channel.RelayException;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.AttachInitiator;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LegMessage.Carry;
import dev.tcprelay.protocol.wire.LegMessage.Ok;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.PeerKeys;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The port for nodes, and what a node dials (M56 to M62). A node of the test's own is a member and says what it likes. */
@ExtendWith(VertxExtension.class)
class PeerLinkTest {
    private static final ServerId WEB = new ServerId("web");
    private Nodes nodes;
    private Relay relay;
    private FakeCluster.Seat member;
    private Vertx vertx;

    @BeforeEach
    void start(Vertx own, @TempDir Path directory) throws Exception {
        vertx = own;
        nodes = Nodes.started(vertx, directory, 1, node -> node.limit("openDeadline", "3s"));
        relay = nodes.get(0);
        member = nodes.cluster.seat();
        member.join(1);
    }

    @AfterEach
    void stop() throws Exception {
        Relay.until(() -> relay.node().tunnels().open() == 0);
        Relay.until(() -> relay.node().tunnels().awaiting() == 0);
        nodes.close();
    }

    private Peer peer() throws Exception {
        return relay.from("127.0.0.1", Role.PEER);
    }

    private byte[] request(Peer link, ClusterKey key, NodeId dialler, NodeId intended) {
        AttachInitiator initiator = new PeerKeys(List.of(key)).dial(link.hello, dialler, intended, Relay.RANDOM);
        byte[] request = initiator.request(Attach.peer());
        link.records = initiator.records();
        return request;
    }

    private Peer linked() throws Exception {
        Peer link = peer();
        link.send(request(link, nodes.key, member.id, relay.node().id()));
        assertEquals(relay.node().id(), link.hearLeg(Ok.class).node());
        return link;
    }

    private void refused(Peer link, byte[] request) throws Exception {
        link.send(request);
        assertArrayEquals(Peer.REFUSED, link.rest());
    }

    @Test
    void m57_anotherClustersKeyAnotherNodeOrNoMemberIsRefused() throws Exception {
        NodeId self = relay.node().id();
        Peer otherKey = peer();
        refused(otherKey, request(otherKey, ClusterKey.generate(Relay.RANDOM), member.id, self));
        Peer otherNode = peer();
        refused(otherNode, request(otherNode, nodes.key, member.id, NodeId.random(Relay.RANDOM)));
        Peer ownNode = peer();
        refused(ownNode, request(ownNode, nodes.key, member.id, member.id));
        Peer stranger = peer();
        refused(stranger, request(stranger, nodes.key, NodeId.random(Relay.RANDOM), self));
        linked().close();
    }

    private void failures(int count) {
        PeerLinks links = relay.node().peering().links();
        Relay.until(() -> {
            links.refill();
            return links.use(member.id).failed() >= count;
        });
    }

    /** A node is a member before its port for links is open: an operator is not to hear of that. */
    @Test
    void aNodeThatCannotBeLinkedIsWarnedOfOnceAndNotAtOnce() {
        try (var logged = new Logged()) {
            failures(4);
            assertFalse(relay.node().peering().links().crossable(member.id));
            assertEquals(List.of(), logged.lines());
            failures(14);
            assertEquals(1, logged.lines().size(), () -> logged.lines().toString());
            assertTrue(logged.lines().get(0).startsWith("WARN PeerLinks node "));
        }
    }

    @Test
    void m59_attachOfOneConnectionIsRefusedOnAnother() throws Exception {
        Peer first = peer();
        byte[] request = request(first, nodes.key, member.id, relay.node().id());
        first.send(request);
        first.hearLeg(Ok.class);
        refused(peer(), request);
    }

    @Test
    void nobodyLogsInOnThePortForNodesAndNoNodeAttachesElsewhere() throws Exception {
        Peer login = peer();
        login.send(login.loginRequest("alice", Relay.ALICE));
        assertEquals(0, login.rest().length);
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer ticket = peer();
        var initiator = new AttachInitiator(
                ticket.hello, alice.ticket().ticket(), alice.ticket().secret(), Relay.RANDOM);
        refused(ticket, initiator.request(Attach.peer()));
    }

    @Test
    void m61_carryingForATokenThatNobodyAwaitsIsUnavailable() throws Exception {
        Peer link = linked();
        link.sayLeg(new Carry(Token.random(Relay.RANDOM), WEB));
        link.hearLeg(Unavailable.class);
        assertEquals(0, link.rest().length);
    }

    @Test
    void anythingElseThanCarryEndsALink() throws Exception {
        Peer link = linked();
        link.sayLeg(new Opened(TunnelId.random(Relay.RANDOM)));
        assertEquals(0, link.rest().length);
        Peer open = linked();
        open.sayLeg(new LegMessage.Open(WEB, false));
        assertEquals(0, open.rest().length);
    }

    /** The test's node lists the id and is asked for a leg; what it was asked comes back. */
    private Token asked(Peer client, Peer alice) throws Exception {
        var offer = new Offer(
                WEB,
                new dev.tcprelay.protocol.files.UserName("bob"),
                dev.tcprelay.protocol.wire.Instance.random(Relay.RANDOM));
        var token = new java.util.concurrent.CompletableFuture<Token>();
        Relay.await(member.serve(new Bus.Desk() {
            @Override
            public void told(io.vertx.core.json.JsonObject message) {
                // The directory of a node that has nothing.
            }

            @Override
            public io.vertx.core.Future<Boolean> asked(io.vertx.core.json.JsonObject message) {
                if (NodeMessages.decode(message).orElseThrow() instanceof NodeMessage.Need need) {
                    token.complete(need.token());
                }
                return io.vertx.core.Future.succeededFuture(true);
            }
        }));
        var claim = new Claim(offer, member.id, Mode.GROUP, 1);
        relay.node().directory().tell(member.id, offer, new Entry(offer, claim, 0, 0));
        client.open(alice, "web");
        return token.get();
    }

    @Test
    void m62_whatANodeCarriesIsJoinedAfterItsOpened() throws Exception {
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer client = relay.client();
        Token token = asked(client, alice);
        Peer wrong = linked();
        wrong.sayLeg(new Carry(token, new ServerId("mail")));
        wrong.hearLeg(Unavailable.class);
        Peer link = linked();
        link.sayLeg(new Carry(token, WEB));
        Start start = link.hearLeg(Start.class);
        Peer second = linked();
        second.sayLeg(new Carry(token, WEB));
        second.hearLeg(Unavailable.class);
        link.sayLeg(new Opened(start.tunnel()));
        assertEquals(start.tunnel(), client.hearLeg(Opened.class).tunnel());
        client.send(new byte[] {1});
        assertArrayEquals(new byte[] {1}, link.read(1));
        link.close();
        assertEquals(0, client.rest().length);
        client.close();
    }

    @Test
    void m62_aNodeThatDiesBetweenStartAndOpenedLeavesNoHalfOpenLeg() throws Exception {
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer client = relay.client();
        Token token = asked(client, alice);
        Peer link = linked();
        link.sayLeg(new Carry(token, WEB));
        link.hearLeg(Start.class);
        link.close();
        client.hearLeg(Unavailable.class);
    }

    @Test
    void m62_aNodeThatFallsSilentAfterStartLeavesNoHalfOpenLegEither() throws Exception {
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer client = relay.client();
        Token token = asked(client, alice);
        Peer link = linked();
        link.sayLeg(new Carry(token, WEB));
        link.hearLeg(Start.class);
        client.hearLeg(Unavailable.class);
        assertEquals(0, link.rest().length);
    }

    /** A directory's entry names a node that is no member, or that has nothing: nothing hangs and nobody is dialled. */
    @Test
    void m63_whatIsListedForANodeThatIsNoMemberIsUnavailableAtOnce() throws Exception {
        var offer = new Offer(
                WEB,
                new dev.tcprelay.protocol.files.UserName("bob"),
                dev.tcprelay.protocol.wire.Instance.random(Relay.RANDOM));
        NodeId stranger = NodeId.random(Relay.RANDOM);
        for (NodeId rogue : List.of(stranger, member.id)) {
            var claim = new Claim(offer, rogue, Mode.GROUP, 1);
            relay.node().directory().tell(rogue, offer, new Entry(offer, claim, 5, 0));
            Peer alice = relay.client().login("alice", Relay.ALICE);
            relay.client().open(alice, "web").hearLeg(Unavailable.class);
            relay.node().directory().tell(rogue, offer, null);
        }
        assertThrows(
                Exception.class,
                () -> Relay.await(relay.node().peering().links().take(stranger)));
    }

    @Test
    void ofTooManyLinksThatCarryNothingTheOldestOfThatNodeEnds() throws Exception {
        Peer oldest = linked();
        Peer next = linked();
        for (int i = 2; i < PeerLinks.MOST_WAITING; i++) {
            linked();
        }
        FakeCluster.Seat other = nodes.cluster.seat();
        other.join(1);
        Peer ofAnother = peer();
        ofAnother.send(request(ofAnother, nodes.key, other.id, relay.node().id()));
        ofAnother.hearLeg(Ok.class);
        linked();
        assertEquals(0, oldest.rest().length, "one more than a node may have");
        next.sayLeg(new Carry(Token.random(Relay.RANDOM), WEB));
        next.hearLeg(Unavailable.class);
        ofAnother.sayLeg(new Carry(Token.random(Relay.RANDOM), WEB));
        ofAnother.hearLeg(Unavailable.class);
    }

    /** Of strangers on the port for nodes there are as many as limits allow; a member's link still gets in. */
    @Test
    void strangersOnThePortForNodesAreBoundedAndApartFromOthers() throws Exception {
        relay.reloadConfig(config ->
                config.getJsonObject("limits").put("unauthenticated", 3).put("unauthenticatedPerSource", 10));
        Peer first = peer();
        peer();
        peer();
        linked();
        assertEquals(0, first.rest().length, "the oldest made room");
        assertEquals(0, relay.node().admission().size());
        assertTrue(relay.node().peering().admission().size() <= 3);
    }

    @Test
    void anotherNodeThatAnswersIsNoLink() throws Exception {
        NodeId intended = NodeId.random(Relay.RANDOM);
        var dialler = new PeerDialler(vertx, new PeerKeys(List.of(nodes.key)), member.id, Relay.RANDOM);
        RelayException e = assertThrows(
                RelayException.class,
                () -> Relay.await(dialler.dial(intended, new HostPort("127.0.0.1", relay.peerPort()))));
        assertTrue(e.getMessage().contains(intended.toString()), e.getMessage());
        assertEquals(1, relay.node().counters().attachesRefused.sum());
    }

    /** A message of the bus names a node that is no member: nothing is dialled, and it is counted. */
    @Test
    void aForgedMessageOfTheBusIsCountedAndDialsNobody() throws Exception {
        var offer = new Offer(
                WEB,
                new dev.tcprelay.protocol.files.UserName("bob"),
                dev.tcprelay.protocol.wire.Instance.random(Relay.RANDOM));
        NodeId stranger = NodeId.random(Relay.RANDOM);
        for (NodeMessage forged : List.of(
                new NodeMessage.Take(stranger, offer, Token.random(Relay.RANDOM)),
                new NodeMessage.Need(stranger, offer, Token.random(Relay.RANDOM)),
                new NodeMessage.Ping(stranger, offer))) {
            assertEquals(
                    false,
                    Relay.await(member.ask(
                            relay.node().id(), NodeMessages.encode(forged), java.time.Duration.ofSeconds(2))));
        }
        assertEquals(3, relay.node().counters().strangeMessages.sum());
        assertEquals(PeerLinks.Use.NONE, relay.node().peering().links().use(stranger));
    }

    @Test
    void theDiallerSendsNothingButAttachBeforeTheOtherHasProvenItself() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var dialler = new PeerDialler(vertx, new PeerKeys(List.of(nodes.key)), member.id, Relay.RANDOM);
            var dialled = dialler.dial(relay.node().id(), new HostPort("127.0.0.1", other.getLocalPort()));
            try (Socket socket = other.accept()) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write(dev.tcprelay.protocol.wire.Hello.ofNode(Relay.RANDOM)
                                .encode());
                byte[] all = socket.getInputStream().readAllBytes();
                assertEquals(3 + 2 + 36 + 32 + 144, all.length);
            } catch (java.net.SocketException e) {
                // Reset after the deadline; what was read before is lost with it.
            }
            RelayException e = assertThrows(RelayException.class, () -> Relay.await(dialled));
            assertTrue(e.getMessage().contains("no answer for 2 s"), e.getMessage());
        }
    }

    @Test
    void theDiallerRefusesAPortThatIsNotForNodes() {
        var dialler = new PeerDialler(vertx, new PeerKeys(List.of(nodes.key)), member.id, Relay.RANDOM);
        RelayException e = assertThrows(
                RelayException.class,
                () -> Relay.await(dialler.dial(relay.node().id(), new HostPort("127.0.0.1", relay.port(Role.CLIENT)))));
        assertTrue(e.getMessage().contains("not the relay's port for other nodes"), e.getMessage());
    }
}
