package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.relay.Gate.Hold;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node dies between OPEN and the join, or while bytes pass: the skeleton's session is at the first node, its spare at
 * the third, the client at the second; they reach each other through a {@link Gate}. What is left of both ends there is
 * reset, an OPEN on a node that lives is served by another leg, and nothing stays behind.
 */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodeLostInTheJoinTest {
    private static final int SESSION = 0;
    private static final int CLIENT = 1;
    private static final int SPARE = 2;
    private static final ServerId WEB = new ServerId("web");

    private final List<Gate> gates = new ArrayList<>();
    private Nodes nodes;
    private Peer bob;
    private Peer alice;
    private Peer client;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        nodes = Nodes.started(vertx, directory, 3, relay -> relay.limit("silence", "60s"), this::gate);
        bob = nodes.get(SESSION).skeleton().login("bob", Relay.BOB);
        alice = nodes.get(CLIENT).client().login("alice", Relay.ALICE);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        nodes.listed("web", 1);
    }

    private int gate(int port) {
        try {
            gates.add(new Gate(port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return gates.get(gates.size() - 1).port();
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
        for (Gate each : gates) {
            each.close();
        }
    }

    private static byte[] message1(int number) {
        byte[] message = new byte[50];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private Peer spareAt(int index, int number) throws Exception {
        Peer spare = nodes.get(index).skeleton().spare(bob, "web", message1(number));
        for (int i = 0; i < 2; i++) {
            awaitSpareKnown(i, index);
        }
        return spare;
    }

    private void awaitSpareKnown(int by, int index) {
        Directory directory = nodes.get(by).node().directory();
        NodeId there = nodes.get(index).node().id();
        Relay.until(() -> directory.offers(WEB).stream()
                .flatMap(offer -> directory.elsewhere(offer).stream())
                .anyMatch(told -> told.node().equals(there) && told.entry().spares() == 1));
    }

    private Peer open() throws Exception {
        client = nodes.get(CLIENT).client().open(alice, "web");
        return client;
    }

    /** The spare's node has offered its leg to the client's node, whose START is held back. */
    private Peer carriedUntilStart() throws Exception {
        Peer spare = spareAt(SPARE, 1);
        gates.get(CLIENT).hold(Hold.ANSWERS);
        open();
        NodeId holder = nodes.get(SPARE).node().id();
        PeerLinks links = nodes.get(CLIENT).node().peering().links();
        Relay.until(() -> links.use(holder).used() > 0);
        return spare;
    }

    /** The skeleton has heard START; that its leg is there is held back. */
    private Peer carriedUntilOpened() throws Exception {
        Peer spare = spareAt(SPARE, 1);
        gates.get(CLIENT).hold(Hold.WHAT_FOLLOWS_AN_ANSWER);
        open();
        spare.hearLeg(Start.class);
        return spare;
    }

    private void kill(int node) throws Exception {
        nodes.kill(node);
        gates.forEach(Gate::lose);
    }

    private Peer joined() throws Exception {
        Peer spare = spareAt(SPARE, 1);
        open().hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        assertArrayEquals(message1(1), client.read(50));
        return spare;
    }

    private static void assertReset(Peer peer) {
        assertThrows(SocketException.class, () -> peer.read(1), "a reset, and no end");
    }

    /** By bob, on the node that he is asked for, with a leg that lands anywhere. */
    private Peer answer(Need need, int landsAt) throws Exception {
        Peer leg = nodes.get(landsAt).skeleton();
        leg.attach(bob.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1(2));
        return leg;
    }

    private static void assertJoined(Peer client, Peer skeleton, int number) throws Exception {
        assertEquals(
                client.hearLeg(Opened.class).tunnel(),
                skeleton.hearLeg(Start.class).tunnel());
        assertArrayEquals(message1(number), client.read(50));
        client.send("hello".getBytes());
        assertArrayEquals("hello".getBytes(), skeleton.read(5));
        skeleton.send("dear".getBytes());
        assertArrayEquals("dear".getBytes(), client.read(4));
        client.close();
        skeleton.close();
    }

    private Peer openAtFirst() throws Exception {
        Relay first = nodes.get(0);
        return first.client().open(first.client().login("alice", Relay.ALICE), "web");
    }

    private void assertNextIsServed() throws Exception {
        Peer next = openAtFirst();
        assertJoined(next, answer(bob.hear(Need.class), 0), 2);
    }

    private void assertNothingIsLeft() throws Exception {
        for (int i = 0; i < 2; i++) {
            Node node = nodes.get(i).node();
            Relay.until(() -> node.tunnels().idle() && node.tunnels().awaiting() == 0);
            Relay.until(() -> node.tunnels().of(new UserName("alice")) == 0);
            NodeId other = nodes.get(1 - i).node().id();
            Relay.until(() -> node.peering().links().use(other).used() == 0);
            var run = new NodeStatus.Run(Instant.EPOCH, nodes.get(i).fingerprint(), 0, 0);
            Relay.until(() -> NodeStatus.of(run, NodeState.READY, null, node).legs() == 0);
        }
    }

    @Test
    void m33_aServerThatWasLostWithItsNodeIsWaitedFor() throws Exception {
        kill(SESSION);
        Node there = nodes.get(CLIENT).node();
        Relay.until(() -> there.directory().size() == 0);
        open();
        Relay.until(() -> there.tunnels().of(new UserName("alice")) == 1);
        bob = nodes.get(0).skeleton().login("bob", Relay.BOB);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        assertJoined(client, answer(bob.hear(Need.class), 0), 2);
    }

    @Test
    void m33_aServerThatIsNotBackIsUnavailableAfterAWhile() throws Exception {
        kill(SESSION);
        Directory directory = nodes.get(CLIENT).node().directory();
        Relay.until(() -> directory.size() == 0);
        long began = System.nanoTime();
        assertNotNull(open().hearLeg(Unavailable.class));
        long millis = (System.nanoTime() - began) / 1_000_000;
        assertTrue(millis > 1000 && millis < 9000, millis + " ms");
        assertFalse(directory.missing().contains(WEB));
        assertNotNull(open().hearLeg(Unavailable.class));
    }

    @Test
    void theSparesNodeDiesBeforeTheSkeletonHasHeardStart() throws Exception {
        Peer spare = carriedUntilStart();
        kill(SPARE);
        assertEquals(0, spare.rest().length, "START to a leg that serves nobody");
        assertJoined(client, answer(bob.hear(Need.class), SESSION), 2);
        assertNextIsServed();
        assertNothingIsLeft();
    }

    @Test
    void theSparesNodeDiesAfterTheSkeletonHasHeardStart() throws Exception {
        Peer spare = carriedUntilOpened();
        kill(SPARE);
        assertReset(spare);
        assertJoined(client, answer(bob.hear(Need.class), SESSION), 2);
        assertNextIsServed();
        assertNothingIsLeft();
    }

    @Test
    void theClientsNodeDiesBeforeTheSkeletonHasHeardStartAndItsLegServesTheNext() throws Exception {
        Peer spare = carriedUntilStart();
        kill(CLIENT);
        client.rest();
        awaitSpareKnown(0, 1);
        assertJoined(openAtFirst(), spare, 1);
        assertNextIsServed();
        assertNothingIsLeft();
    }

    @Test
    void theClientsNodeDiesAfterTheSkeletonHasHeardStart() throws Exception {
        Peer spare = carriedUntilOpened();
        kill(CLIENT);
        client.rest();
        assertReset(spare);
        assertNextIsServed();
        assertNothingIsLeft();
    }

    @Test
    void theClientsNodeDiesBeforeTheSkeletonHasAnsweredAndTheAnswerServesTheNext() throws Exception {
        open();
        Need need = bob.hear(Need.class);
        kill(CLIENT);
        Peer answer = answer(need, 1);
        awaitSpareKnown(0, 1);
        assertJoined(openAtFirst(), answer, 2);
        assertNothingIsLeft();
    }

    /** The ticket and the token say all that the others need. */
    @Test
    void theNodeOfTheSkeletonsSessionDiesBeforeItHasAnsweredAndTheAnswerServesAllTheSame() throws Exception {
        open();
        Need need = bob.hear(Need.class);
        kill(SESSION);
        assertJoined(client, answer(need, 1), 2);
        assertNothingIsLeft();
    }

    @Test
    void theSparesNodeDiesWhileBytesPass() throws Exception {
        Peer spare = joined();
        spare.send(new byte[100]);
        client.read(100);
        kill(SPARE);
        assertReset(client);
        assertReset(spare);
        assertNextIsServed();
        assertNothingIsLeft();
    }

    @Test
    void theClientsNodeDiesWhileBytesPass() throws Exception {
        Peer spare = joined();
        client.send(new byte[100]);
        spare.read(100);
        kill(CLIENT);
        assertReset(spare);
        assertReset(client);
        assertNextIsServed();
        assertNothingIsLeft();
    }
}
