package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A node that is to stop hurts nobody whom another node can serve (M25, M72, M73). */
@ExtendWith(VertxExtension.class)
class DrainTest {
    private static final String NEVER = "1h";

    @TempDir
    private Path directory;

    private Nodes nodes;

    @AfterEach
    void stop() throws Exception {
        nodes.close();
    }

    /** Two nodes; the first is the one that will drain. */
    private void start(Vertx vertx, String notice, String grace) throws Exception {
        nodes = Nodes.started(vertx, directory, 2, relay -> relay.drain(notice, grace));
    }

    private Relay leaving() {
        return nodes.get(0);
    }

    private Relay staying() {
        return nodes.get(1);
    }

    private static byte[] message1(int number) {
        byte[] message = new byte[50];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private Peer bobAt(Relay relay, Instance instance) throws Exception {
        Peer bob = relay.skeleton().login("bob", Relay.BOB, instance);
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        nodes.listed("web", 1);
        return bob;
    }

    private static void echo(Peer one, Peer other) throws Exception {
        one.send("hello".getBytes());
        assertArrayEquals("hello".getBytes(), other.read(5));
        other.send("dear".getBytes());
        assertArrayEquals("dear".getBytes(), one.read(4));
    }

    /** Both ends of a tunnel whose legs are where it is said. */
    private record Ends(Peer client, Peer skeleton) {
        void close() throws IOException {
            client.close();
            skeleton.close();
        }
    }

    private Ends tunnel(Peer bob, Peer alice, Relay skeletonAt, Relay clientAt) throws Exception {
        Offer offer = clientAt.node().directory().offers(new ServerId("web")).get(0);
        Peer spare = skeletonAt.skeleton().spare(bob, "web", message1(1));
        if (skeletonAt != clientAt) {
            Relay.until(() -> clientAt.node().directory().elsewhere(offer).stream()
                    .anyMatch(told -> told.entry().spares() == 1));
        }
        Peer client = clientAt.client().open(alice, "web");
        client.hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        client.read(50);
        return new Ends(client, spare);
    }

    private static void refused(Relay relay, Role role) {
        Relay.until(() -> {
            try (Peer peer = relay.from("127.0.0.1", role)) {
                return false;
            } catch (ConnectException e) {
                return true;
            } catch (IOException e) {
                return false; // it was in the backlog when the port was closed
            }
        });
    }

    private static void reset(Peer end) {
        assertThrows(SocketException.class, () -> end.read(1), "a reset, no end");
    }

    @Test
    void duringTheNoticeItIsNotReadyAndAcceptsEverything(Vertx vertx) throws Exception {
        start(vertx, NEVER, NEVER);
        leaving().drain();
        Relay.until(() -> leaving().phase().equals("notice"));
        Instance instance = Instance.random(Relay.RANDOM);
        Peer bob = bobAt(leaving(), instance);
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Ends tunnel = tunnel(bob, alice, leaving(), leaving());
        echo(tunnel.client, tunnel.skeleton);
        tunnel.close();
        Fleet fleet = staying().node().peering().fleet();
        Relay.until(() -> fleet.draining(leaving().node().id()));
    }

    @Test
    void thenSessionsAreSentAwayParkedLegsAreClosedAndNobodyIsLetIn(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Ends tunnel = tunnel(bob, alice, leaving(), leaving());
        Peer spare = leaving().skeleton().spare(bob, "web", message1(2));
        Peer warm = leaving().client().attach(alice.ticket(), Attach.client());
        leaving().drain();
        assertEquals(new GoAway("drain", 3600), bob.hear(GoAway.class));
        assertEquals(new GoAway("drain", 3600), alice.hear(GoAway.class));
        assertEquals(-1, spare.socket.getInputStream().read(), "an end, no reset");
        assertEquals(-1, warm.socket.getInputStream().read(), "an end, no reset");
        refused(leaving(), Role.CLIENT);
        refused(leaving(), Role.SKELETON);
        leaving().from("127.0.0.1", Role.PEER).close();
        echo(tunnel.client, tunnel.skeleton);
        tunnel.close();
    }

    /** Its session is on the node that drains, and it has nowhere to go: it is asked there, as the last choice. */
    @Test
    void aServerWhoseOnlySessionIsOnADrainingNodeIsStillServed(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = staying().client().login("alice", Relay.ALICE);
        Ends open = tunnel(bob, alice, leaving(), leaving());
        leaving().drain();
        refused(leaving(), Role.SKELETON);
        Peer client = staying().client().open(alice, "web");
        Need need = bob.hear(Need.class);
        Peer leg = staying().skeleton();
        leg.attach(bob.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1(3));
        leg.hearLeg(Start.class);
        client.hearLeg(Opened.class);
        client.close();
        leg.close();
        open.close();
    }

    @Test
    void aDrainingNodeIsTheLastChoice(Vertx vertx) throws Exception {
        start(vertx, NEVER, NEVER);
        Instance instance = Instance.random(Relay.RANDOM);
        Peer old = bobAt(leaving(), instance);
        Peer spare = leaving().skeleton().spare(old, "web", message1(4));
        leaving().drain();
        Node at = staying().node();
        Relay.until(() -> at.peering().fleet().draining(leaving().node().id()));
        Peer moved = bobAt(staying(), instance);
        Peer alice = staying().client().login("alice", Relay.ALICE);
        Peer client = staying().client().open(alice, "web");
        Need need = moved.hear(Need.class);
        Peer leg = staying().skeleton();
        leg.attach(moved.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1(5));
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(5), client.read(50), "not the spare of the node that is about to stop");
        client.close();
        leg.close();
        spare.close();
    }

    /** The other node has been told of a spare that is closed meanwhile: it asks on. */
    @Test
    void aSpareThatHasJustBeenClosedMakesTheOtherNodeTryTheNext(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Instance instance = Instance.random(Relay.RANDOM);
        Peer old = bobAt(leaving(), instance);
        Peer moved = bobAt(staying(), instance);
        Peer alice = staying().client().login("alice", Relay.ALICE);
        Ends open = tunnel(old, alice, leaving(), leaving());
        Peer spare = leaving().skeleton().spare(old, "web", message1(6));
        Offer offer = staying().node().directory().offers(new ServerId("web")).get(0);
        Relay.until(() -> staying().node().directory().elsewhere(offer).stream()
                .anyMatch(told -> told.entry().spares() == 1));
        nodes.cluster.wire = message -> {}; // it is not told of what comes now
        leaving().drain();
        assertEquals(0, spare.rest().length);
        nodes.cluster.wire = Runnable::run;
        Peer client = staying().client().open(alice, "web");
        Need need = moved.hear(Need.class);
        Peer leg = staying().skeleton();
        leg.attach(moved.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1(7));
        client.hearLeg(Opened.class);
        client.close();
        leg.close();
        open.close();
    }

    @Test
    void anOpenThatIsUnderWayAtTheGoodbyeGetsItsAnswer(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Peer client = leaving().client().open(alice, "web");
        Need need = bob.hear(Need.class);
        Future<Void> drained = leaving().drain();
        assertEquals("drain", bob.hear(GoAway.class).reason());
        Peer leg = leaving().skeleton(); // that port is open as long as an answer is awaited
        leg.attach(bob.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1(8));
        leg.hearLeg(Start.class);
        client.hearLeg(Opened.class);
        client.read(50);
        refused(leaving(), Role.SKELETON);
        echo(client, leg);
        assertFalse(drained.isComplete());
        client.close();
        leg.close();
        bob.close();
        alice.close();
        Relay.await(drained);
    }

    @Test
    void whoWasBeingLetInAtTheGoodbyeIsSentAwayAtOnce(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Ends open = tunnel(bob, alice, leaving(), leaving());
        Peer late = leaving().client();
        Peer leg = leaving().client();
        Peer idle = leaving().client();
        Peer spare = leaving().skeleton();
        leaving().drain();
        bob.hear(GoAway.class);
        late.login("alice", Relay.ALICE);
        assertEquals("drain", late.hear(GoAway.class).reason());
        leg.open(alice, "nothing").hearLeg(Unavailable.class);
        assertEquals(0, idle.attach(alice.ticket(), Attach.client()).rest().length, "no OPEN within a second");
        assertEquals(0, spare.spare(bob, "web", message1(1)).rest().length, "not kept");
        open.close();
    }

    @Test
    void tunnelsOfBothKindsGoOnUntilTheirOwnEndAndThenItIsOver(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Instance instance = Instance.random(Relay.RANDOM);
        Peer bob = bobAt(staying(), instance);
        Peer alice = staying().client().login("alice", Relay.ALICE);
        Ends meeting = tunnel(bob, alice, staying(), leaving());
        Ends carried = tunnel(bob, alice, leaving(), staying());
        assertEquals(1, leaving().node().tunnels().open());
        assertEquals(1, leaving().node().tunnels().carried());
        Future<Void> drained = leaving().drain();
        Relay.until(() -> leaving().phase().equals("finishing"));
        echo(meeting.client, meeting.skeleton);
        echo(carried.client, carried.skeleton);
        meeting.client.send("last".getBytes());
        meeting.client.socket.shutdownOutput();
        assertArrayEquals("last".getBytes(), meeting.skeleton.rest(), "its own end, by FIN");
        meeting.close();
        echo(carried.client, carried.skeleton);
        assertFalse(drained.isComplete());
        carried.close();
        Relay.await(drained);
        assertEquals("over", leaving().phase());
    }

    @Test
    void whenTheGraceIsOverTunnelsAreResetAtBothEnds(Vertx vertx) throws Exception {
        start(vertx, "1ms", "300ms");
        Instance instance = Instance.random(Relay.RANDOM);
        Peer bob = bobAt(staying(), instance);
        Peer alice = staying().client().login("alice", Relay.ALICE);
        Ends meeting = tunnel(bob, alice, staying(), leaving());
        Ends carried = tunnel(bob, alice, leaving(), staying());
        Ends other = tunnel(bob, alice, staying(), staying());
        try (var logged = new Logged()) {
            Relay.await(leaving().drain());
            for (Peer end : List.of(meeting.client, meeting.skeleton, carried.client, carried.skeleton)) {
                reset(end);
            }
            echo(other.client, other.skeleton);
            Map<String, String> last = logged.fields().stream()
                    .filter(fields -> "drained".equals(fields.get("event")))
                    .findFirst()
                    .orElseThrow();
            assertEquals("2", last.get("cut"));
            assertEquals(
                    List.of(
                            "INFO audit this node stops, asked by a test: 0 sessions, 2 tunnels, which have 0 s to finish"),
                    logged.lines().stream()
                            .filter(line -> line.contains("stops"))
                            .toList());
            assertEquals(
                    2,
                    logged.lines().stream()
                            .filter(line -> line.contains("cut by this node"))
                            .count());
        }
        other.close();
    }

    /** A session that has nowhere else to go keeps nothing alive, and hears BYE at the very end. */
    @Test
    void aNodeOnItsOwnWaitsForTunnelsOnly(Vertx vertx) throws Exception {
        nodes = Nodes.started(vertx, directory, 1, relay -> relay.drain("0ms", NEVER));
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Ends open = tunnel(bob, alice, leaving(), leaving());
        Future<Void> drained = leaving().drain();
        bob.hear(GoAway.class);
        echo(open.client, open.skeleton);
        assertFalse(drained.isComplete());
        open.close();
        Relay.await(drained);
        leaving().stop();
        bob.hear(Bye.class);
    }

    @Test
    void whoAsksTwiceIsNotHeardTwice(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        try (var logged = new Logged()) {
            Future<Void> drained = leaving().drain();
            bob.hear(GoAway.class);
            leaving().drain();
            bob.close();
            Relay.await(drained);
            leaving().drain();
            assertEquals(
                    1,
                    logged.lines().stream()
                            .filter(line -> line.contains("asked by"))
                            .count());
            assertTrue(logged.lines().stream().noneMatch(line -> line.startsWith("WARN")), () -> "" + logged.lines());
        }
    }

    /** A second signal: the ports have been closed, but not what came by them. */
    @Test
    void stoppingInTheMiddleEndsEverythingAtOnce(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Ends open = tunnel(bob, alice, leaving(), leaving());
        leaving().drain();
        refused(leaving(), Role.SKELETON);
        leaving().stop();
        bob.hear(Bye.class);
        reset(open.client);
        reset(open.skeleton);
    }

    @Test
    void whatItTellsMeanwhile(Vertx vertx) throws Exception {
        start(vertx, "1ms", NEVER);
        Peer bob = bobAt(leaving(), Instance.random(Relay.RANDOM));
        Peer alice = leaving().client().login("alice", Relay.ALICE);
        Ends open = tunnel(bob, alice, leaving(), leaving());
        leaving().drain();
        Relay.until(() -> leaving().phase().equals("finishing"));
        assertEquals(
                "{\"phase\":\"finishing\",\"sessions\":2,\"tunnels\":1,\"graceSeconds\":3599}",
                leaving().draining().encode());
        open.close();
    }
}
