package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Listed;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One skeleton with several sessions: one after the other with one node, or at once with two (M21, M66 and M67). */
@ExtendWith(VertxExtension.class)
class SuccessionTest {
    private static final ServerId WEB = new ServerId("web");

    private final Instance instance = Instance.random(Relay.RANDOM);
    private Nodes nodes;
    private Peer alice;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        nodes = Nodes.started(vertx, directory, 2);
        alice = nodes.get(0).client().login("alice", Relay.ALICE);
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
    }

    private Peer bobAt(int node) throws Exception {
        return nodes.get(node).skeleton().login("bob", Relay.BOB, instance);
    }

    private Node node(int index) {
        return nodes.get(index).node();
    }

    private void assertServed(Peer session) throws Exception {
        Peer client = nodes.get(0).client().open(alice, "web");
        Need need = session.hear(Need.class);
        byte[] message1 = new byte[50];
        Relay.RANDOM.nextBytes(message1);
        Peer leg = nodes.get(0).skeleton();
        leg.attach(session.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1);
        client.hearLeg(Opened.class);
        assertArrayEquals(message1, client.read(50));
        client.close();
        leg.close();
    }

    /** Guards: for a round trip nobody served the ids of a skeleton that had changed its connection. */
    @Test
    void whatAReplacedSessionHadStaysAndIsAskedOfItsSuccessor() throws Exception {
        Peer old = bobAt(0);
        assertEquals(Status.AVAILABLE, old.register("web", Mode.EXCLUSIVE));
        Peer next = bobAt(0);
        assertEquals(Fault.REPLACED, old.hear(Fault.class).code());
        assertEquals(0, old.rest().length);
        alice.say(new ListServers(null));
        assertEquals(List.of(new Listed(WEB, 1)), alice.hear(Servers.class).servers());
        assertServed(next);
        Peer third = bobAt(0);
        assertServed(third);
        assertEquals(Status.AVAILABLE, third.register("web", Mode.EXCLUSIVE));
    }

    @Test
    void whatASuccessorDoesNotRegisterIsWithdrawnInAMoment() throws Exception {
        bobAt(0).register("web", Mode.GROUP);
        bobAt(0);
        assertEquals(1, node(0).directory().size());
        Relay.until(() -> node(0).directory().size() == 0);
    }

    @Test
    void whatASuccessorHasRegisteredOutlivesItsPredecessor() throws Exception {
        Peer old = bobAt(0);
        old.register("web", Mode.GROUP);
        old.register("mail", Mode.GROUP);
        Peer next = bobAt(0);
        next.register("web", Mode.GROUP);
        assertEquals(2, node(0).directory().size());
        Relay.until(() -> node(0).directory().size() == 1);
        assertServed(next);
    }

    @Test
    void aSuccessorThatEndsLeavesNothing() throws Exception {
        bobAt(0).register("web", Mode.GROUP);
        Peer next = bobAt(0);
        next.close();
        Relay.until(() -> node(0).directory().size() == 0);
    }

    /** Who wants the id exclusively hears of the successor, not of the one that cannot answer. */
    @Test
    void aSuccessorAnswersForWhatItHasNotRegisteredYet() throws Exception {
        bobAt(0).register("web", Mode.EXCLUSIVE);
        Peer next = bobAt(0);
        Peer rival = nodes.get(0).skeleton().login("bob", Relay.BOB);
        var refused = Peer.async(() -> {
            try {
                return rival.register("web", Mode.EXCLUSIVE);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        next.hear(Ping.class);
        next.say(new Pong());
        assertEquals(Status.IN_USE, refused.get());
    }

    @Test
    void oneSkeletonAtTwoNodesDoesNotContendWithItselfAndCountsOnce() throws Exception {
        Peer one = bobAt(0);
        Peer two = bobAt(1);
        assertEquals(Status.AVAILABLE, one.register("web", Mode.EXCLUSIVE));
        nodes.listed("web", 1);
        assertEquals(Status.AVAILABLE, two.register("web", Mode.EXCLUSIVE));
        Offer offer = node(0).directory().offers(WEB).get(0);
        for (int i = 0; i < 2; i++) {
            Node at = node(i);
            Relay.until(() -> at.directory().claim(offer).isPresent()
                    && at.directory().elsewhere(offer).stream()
                            .anyMatch(told -> told.entry().claim() != null));
            assertEquals(List.of(offer), at.directory().offers(WEB));
        }
        alice.say(new ListServers(null));
        assertEquals(List.of(new Listed(WEB, 1)), alice.hear(Servers.class).servers());
        assertEquals(Status.AVAILABLE, two.register("web", Mode.GROUP), "another mode, at one node before the other");
        assertEquals(Status.AVAILABLE, one.register("web", Mode.GROUP));
    }

    @Test
    void losingOneOfTwoNodesLosesNoServer() throws Exception {
        Peer one = bobAt(0);
        Peer two = bobAt(1);
        one.register("web", Mode.GROUP);
        two.register("web", Mode.GROUP);
        Offer offer = node(0).directory().offers(WEB).get(0);
        Relay.until(() -> !node(0).directory().elsewhere(offer).isEmpty());
        nodes.kill(1);
        Relay.until(() -> node(0).directory().elsewhere(offer).isEmpty());
        assertEquals(List.of(offer), node(0).directory().offers(WEB));
        assertServed(one);
    }
}
