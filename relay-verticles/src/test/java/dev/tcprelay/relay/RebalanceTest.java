package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.Fleet.Condition;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that joins gets its part of the sessions, gently (M74). */
class RebalanceTest {
    private final NodeId other = NodeId.random(Relay.RANDOM);
    private final Fleet fleet = new Fleet();
    private final Set<Session.Key> here = new HashSet<>();
    private final List<Session.Key> asked = new ArrayList<>();
    private long clock = 7;
    private final Rebalance rebalance = new Rebalance(fleet, here, asked::add, () -> clock);

    private void sessions(int count) {
        for (int i = 0; i < count; i++) {
            here.add(new Session.Key(Role.SKELETON, new UserName("bob"), Instance.random(Relay.RANDOM)));
        }
    }

    private void tick() {
        clock += Rebalance.TICK.toNanos();
        rebalance.tick();
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            tick();
        }
    }

    /** All that were asked are now on the other node. */
    private void allMoved() {
        int moved = 0;
        for (Session.Key session : asked) {
            moved += here.remove(session) ? 1 : 0;
        }
        int before = fleet.with(0).sessions();
        fleet.told(other, new Condition(before + moved, false, "users", 0));
    }

    @Test
    void theSurplusGoesAFiftiethASecond() {
        sessions(400);
        fleet.told(other, new Condition(0, false, "users", 0));
        tick();
        assertEquals(0, asked.size(), "no node has joined");
        rebalance.joined();
        tick();
        assertEquals(8, asked.size());
        for (int i = 0; i < 60; i++) {
            allMoved();
            tick();
        }
        assertEquals(200, here.size());
        assertEquals(200, asked.size(), "until both have the same, and no further");
        assertEquals(200, new HashSet<>(asked).size(), "each once");
    }

    @Test
    void oneASecondOfAFew() {
        sessions(10);
        fleet.told(other, new Condition(0, false, "users", 0));
        rebalance.joined();
        ticks(3);
        assertEquals(3, asked.size());
        ticks(6);
        assertEquals(5, asked.size(), "those on their way are not asked for twice");
    }

    /** Three of ten nodes come and go: what is a little more than the average stays. */
    @Test
    void aSmallSurplusIsNone() {
        sessions(12);
        fleet.told(other, new Condition(8, false, "users", 0));
        rebalance.joined();
        ticks(10);
        assertEquals(0, asked.size(), "2 more than the average");
        sessions(1000);
        fleet.told(other, new Condition(830, false, "users", 0));
        ticks(10);
        assertEquals(0, asked.size(), "less than a tenth more");
    }

    @Test
    void whoComesBackIsLeftAloneForTenMinutes() {
        sessions(4);
        fleet.told(other, new Condition(0, false, "users", 0));
        sessions(2);
        rebalance.joined();
        ticks(60);
        assertEquals(6, asked.size(), "nobody finds another node, so each is asked once");
        rebalance.joined();
        ticks(200);
        assertEquals(6, asked.size());
        clock += Duration.ofMinutes(10).toNanos();
        rebalance.joined();
        tick();
        assertEquals(7, asked.size());
    }

    @Test
    void afterFiveMinutesNothingMovesAnyMore() {
        rebalance.joined();
        ticks(301);
        sessions(100);
        fleet.told(other, new Condition(0, false, "users", 0));
        ticks(10);
        assertEquals(0, asked.size());
    }

    @Test
    void aNodeThatIsAboutToStopGetsNothing() {
        sessions(100);
        fleet.told(other, new Condition(0, true, "users", 0));
        rebalance.joined();
        ticks(10);
        assertEquals(0, asked.size());
        fleet.told(other, new Condition(0, false, "users", 0));
        fleet.left(other);
        ticks(10);
        assertEquals(0, asked.size());
    }

    /** Real sessions of a real node hear GOAWAY without grace, and their legs stay. */
    @Test
    void sessionsHearOfANodeThatHasJoined(@TempDir Path directory) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.started(vertx, directory, 1)) {
            List<Peer> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(nodes.get(0).client().login("alice", Relay.ALICE));
            }
            nodes.add();
            int asked = 0;
            for (Peer session : all) {
                session.socket.setSoTimeout(50);
            }
            for (long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                    asked == 0 && System.nanoTime() < end; ) {
                for (Peer session : all) {
                    asked += heardOfIt(session);
                }
            }
            assertTrue(asked > 0);
            assertEquals(6, nodes.get(0).node().sessions().size(), "nobody is thrown out");
        } finally {
            Relay.await(vertx.close());
        }
    }

    private static int heardOfIt(Peer session) throws Exception {
        if (session.socket.getInputStream().available() == 0) {
            return 0;
        }
        session.socket.setSoTimeout(30_000);
        assertEquals(new GoAway("rebalance", 0), session.hear(GoAway.class));
        return 1;
    }
}
