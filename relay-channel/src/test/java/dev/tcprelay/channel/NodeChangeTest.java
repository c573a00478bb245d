package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.NodeId;
import io.vertx.core.Vertx;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From one node to another, and sessions with several of them (M25, M67). */
@Timeout(60)
class NodeChangeTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final NodeId A = NodeId.random(RANDOM);
    private static final NodeId B = NodeId.random(RANDOM);
    private static final NodeId C = NodeId.random(RANDOM);
    private static final Duration SPREAD = Duration.ofMillis(50);
    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final int A_WHILE = 1000;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private volatile boolean standing = true;
    private ScriptedRelay relay;
    private Vertx vertx;
    private RelaySession session;

    @BeforeEach
    void open() throws Exception {
        relay = new ScriptedRelay();
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() throws Exception {
        Rig.get(session.stop());
        Rig.get(vertx.close());
        relay.close();
    }

    /** Keeps what the session tells its role. */
    private final class Noting implements RelaySession.Listener {
        @Override
        public void established(NodeSession now, @Nullable NodeSession replaced) {
            events.add((replaced == null ? "established " : "replaced ") + name(now.node()));
        }

        @Override
        public void received(NodeSession from, ControlMessage message) {}

        @Override
        public void lost(NodeSession gone, String reason) {
            events.add("lost " + name(gone.node()));
        }

        @Override
        public boolean stands(NodeSession now) {
            return standing;
        }
    }

    private static String name(NodeId node) {
        return node.equals(A) ? "A" : node.equals(B) ? "B" : "C";
    }

    private void start(int connections, Duration rare) {
        var credentials = new Credentials(new UserName("alice"), KeyPair.generate(RANDOM));
        var times = new Redialling(connections, SPREAD, rare, SETTLE);
        session = new RelaySession(vertx, relay.address(), credentials, Instance.random(RANDOM), times, new Noting());
        session.start().onComplete(done -> {}, e -> events.add("failed"));
    }

    private ControlPeer loginAt(NodeId node) throws Exception {
        ControlPeer peer = relay.login(relay.accept(), node);
        assertEquals("established " + name(node), events.poll(Rig.SECONDS, TimeUnit.SECONDS));
        return peer;
    }

    /** The node puts a second session in the place of the first, as relays do. */
    private ControlPeer sameAgain(NodeId node, ControlPeer before) throws Exception {
        var socket = relay.accept();
        before.send(new Fault(Fault.REPLACED, "a newer session"));
        ControlPeer peer = relay.login(socket, node);
        assertEquals("replaced " + name(node), events.poll(Rig.SECONDS, TimeUnit.SECONDS));
        return peer;
    }

    private void legAt(NodeId node) throws Exception {
        var attached = session.attach(Attach.client(), Behind.nothing());
        relay.attach(relay.accept(), node);
        assertEquals(node, Rig.get(attached).node());
    }

    private void assertNext(String event) throws InterruptedException {
        assertEquals(event, events.poll(Rig.SECONDS, TimeUnit.SECONDS));
    }

    private void assertNobodyComes() {
        assertThrows(SocketTimeoutException.class, () -> relay.accept(A_WHILE));
    }

    private void assertUndisturbed(ControlPeer peer) throws Exception {
        peer.socket().setSoTimeout(A_WHILE);
        assertThrows(
                SocketTimeoutException.class,
                () -> peer.socket().getInputStream().read());
        peer.socket().setSoTimeout(Rig.SECONDS * 1000);
    }

    @Test
    void theOldNodeHearsByeOnlyWhenTheNewOneStandsForEverything() throws Exception {
        standing = false;
        start(1, NEVER);
        ControlPeer old = loginAt(A);
        old.send(new GoAway(GoAway.DRAIN, 600));
        ControlPeer next = loginAt(B);
        assertUndisturbed(old);
        assertEquals(B, session.best().orElseThrow().node());
        standing = true;
        assertInstanceOf(Bye.class, old.read());
        assertTrue(old.ended());
        assertNext("lost A");
        assertTrue(session.established());
        session.best().orElseThrow().send(new ListServers(null));
        assertInstanceOf(ListServers.class, next.read());
        assertNobodyComes();
    }

    @Test
    void aNodeThatStopsAndIsMetAgainIsStillLeftForAnother() throws Exception {
        start(1, NEVER);
        ControlPeer peer = loginAt(A);
        peer.send(new GoAway(GoAway.DRAIN, 600));
        // More often than the tries that follow each other quickly: it goes on in the background.
        for (int i = 0; i < 6; i++) {
            peer = sameAgain(A, peer);
        }
        assertTrue(session.established());
        loginAt(B);
        assertInstanceOf(Bye.class, peer.read());
        assertNext("lost A");
        assertEquals(0, events.size());
    }

    /** Nobody else is there: what there is stays as long as the node lets it. */
    @Test
    void aNodeThatStopsIsKeptWhileThereIsNoOther() throws Exception {
        start(1, NEVER);
        ControlPeer peer = loginAt(A);
        relay.down();
        peer.send(new GoAway(GoAway.DRAIN, 600));
        assertUndisturbed(peer);
        assertTrue(session.established());
        assertEquals(0, events.size());
        relay.upAgain();
        loginAt(B);
        assertInstanceOf(Bye.class, peer.read());
    }

    @Test
    void aNodeThatOnlyHasTooManyIsKeptWhenOneTryMeetsItAgain() throws Exception {
        start(1, NEVER);
        ControlPeer old = loginAt(A);
        old.send(new GoAway(GoAway.REBALANCE, 600));
        ControlPeer again = sameAgain(A, old);
        assertNobodyComes();
        assertUndisturbed(again);
        again.send(new GoAway(GoAway.REBALANCE, 600));
        loginAt(B);
        assertInstanceOf(Bye.class, again.read());
        assertNext("lost A");
        assertNobodyComes();
    }

    @Test
    void aSecondGoAwayOfTheSameNodeChangesNothing() throws Exception {
        start(1, NEVER);
        ControlPeer old = loginAt(A);
        old.send(new GoAway(GoAway.DRAIN, 600));
        old.send(new GoAway(GoAway.DRAIN, 600));
        loginAt(B);
        assertInstanceOf(Bye.class, old.read());
        assertNext("lost A");
        assertNobodyComes();
    }

    /** A single node is not asked again and again whether it is two. */
    @Test
    void ofARelayThatSeemsToBeOneNodeASecondOneIsLookedForRarely() throws Exception {
        start(2, NEVER);
        loginAt(A);
        assertNobodyComes();
    }

    /** What it says last counts, and what is seen counts more. */
    @Test
    void ofARelayThatSaysItIsOneNodeASecondOneIsLookedForOnlyWhenALegHasMetIt() throws Exception {
        start(2, Duration.ofMillis(50));
        relay.login(relay.accept(), A, 2);
        assertNext("established A");
        relay.login(relay.accept(), A, 1);
        assertNext("replaced A");
        assertNobodyComes();
        legAt(A);
        assertNobodyComes();
        legAt(B);
        relay.login(relay.accept(), B, 1);
        assertNext("established B");
        assertNobodyComes();
    }

    /** It may be another process by now. */
    @Test
    void aSingleNodeThatStopsIsLookedForAgain() throws Exception {
        start(2, NEVER);
        ControlPeer old = relay.login(relay.accept(), A, 1);
        assertNext("established A");
        old.send(new GoAway(GoAway.DRAIN, 600));
        relay.login(relay.accept(), B, 1);
        assertNext("established B");
        assertInstanceOf(Bye.class, old.read());
        assertNext("lost A");
        assertNobodyComes();
    }

    @Test
    void aSecondNodeIsFoundSoonerOrLaterAndEachIsKept() throws Exception {
        start(2, Duration.ofMillis(100));
        ControlPeer first = loginAt(A);
        ControlPeer again = sameAgain(A, first);
        ControlPeer second = loginAt(B);
        assertNobodyComes();
        assertUndisturbed(again);
        assertUndisturbed(second);
    }

    @Test
    void losingOneOfTwoNodesIsMadeGoodAndTheOtherStays() throws Exception {
        start(2, Duration.ofMillis(100));
        ControlPeer first = loginAt(A);
        loginAt(B);
        first.socket().close();
        assertNext("lost A");
        assertTrue(session.established());
        loginAt(C);
        assertNobodyComes();
    }

    @Test
    void ofTwoNodesTheOneThatStopsIsReplacedAndThenLeft() throws Exception {
        start(2, Duration.ofMillis(100));
        ControlPeer first = loginAt(A);
        ControlPeer second = loginAt(B);
        first.send(new GoAway(GoAway.DRAIN, 600));
        loginAt(C);
        assertInstanceOf(Bye.class, first.read());
        assertNext("lost A");
        assertUndisturbed(second);
    }

    /** Four quick tries have met the other one again: that is enough to leave. */
    @Test
    void ofTwoNodesTheOneThatStopsIsLeftWhenThereIsNoThird() throws Exception {
        start(2, Duration.ofMillis(100));
        ControlPeer first = loginAt(A);
        ControlPeer second = loginAt(B);
        first.send(new GoAway(GoAway.DRAIN, 600));
        for (int i = 0; i < 4; i++) {
            second = sameAgain(B, second);
        }
        assertInstanceOf(Bye.class, first.read());
        assertTrue(session.established());
    }

    /** The node says "replaced" before the new connection says which node it is. */
    @Test
    void aReplacedSessionWhoseSuccessorFailsIsLost() throws Exception {
        start(1, NEVER);
        ControlPeer old = loginAt(A);
        old.send(new GoAway(GoAway.REBALANCE, 600));
        var socket = relay.accept();
        old.send(new Fault(Fault.REPLACED, "a newer session"));
        assertInstanceOf(Bye.class, old.read());
        socket.close();
        assertNext("lost A");
        loginAt(B);
    }
}
