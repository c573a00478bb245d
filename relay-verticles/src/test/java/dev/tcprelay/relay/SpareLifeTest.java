package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How long a spare lives, and whom it needs for that (M37, M39). */
@ExtendWith(VertxExtension.class)
class SpareLifeTest {
    private static final ServerId WEB = new ServerId("web");
    private static final Duration LIFE = Duration.ofSeconds(1);
    private Relay relay;
    private Peer alice;
    private Peer bob;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory)
                .limit("spareLife", LIFE.toSeconds() + "s")
                .limit("openDeadline", "30s")
                .start();
        alice = relay.client().login("alice", Relay.ALICE);
        bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    private int spares() {
        return relay.spares("web");
    }

    @Test
    void aSpareIsClosedWhenItsLifeIsOverAndNotBefore() throws Exception {
        long since = System.nanoTime();
        Peer spare = relay.skeleton().spare(bob, "web", new byte[50]);
        assertEquals(1, spares());
        assertEquals(0, spare.rest().length);
        Duration lived = Duration.ofNanos(System.nanoTime() - since);
        assertTrue(lived.compareTo(LIFE.multipliedBy(9).dividedBy(10)) > 0, "closed after " + lived);
        assertEquals(0, spares());
    }

    @Test
    void whoseLifeIsOverIsNotStarted() throws Exception {
        relay.skeleton().spare(bob, "web", new byte[50]).rest();
        Peer client = relay.client().open(alice, "web");
        Need need = bob.hear(Need.class);
        Peer answer = relay.skeleton().attach(bob.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        answer.send(new byte[50]);
        client.hearLeg(LegMessage.Opened.class);
    }

    @Test
    void aTunnelOutlivesTheSpareThatItBeganWith() throws Exception {
        Peer started = relay.skeleton().spare(bob, "web", new byte[50]);
        Peer client = relay.client().open(alice, "web");
        client.hearLeg(LegMessage.Opened.class);
        started.hearLeg(LegMessage.Start.class);
        Peer later = relay.skeleton().spare(bob, "web", new byte[50]);
        assertEquals(0, later.rest().length, "a whole life later");
        client.read(50);
        started.send(new byte[] {7});
        assertArrayEquals(new byte[] {7}, client.read(1));
    }

    /** An answer that nobody awaits is kept as a spare, and no longer than one. */
    @Test
    void anUnawaitedAnswerLivesAsLong() throws Exception {
        Token unknown = Token.random(Relay.RANDOM);
        Peer answer = relay.skeleton()
                .attach(bob.ticket(), Attach.answer(WEB, relay.node().id(), unknown));
        assertEquals(1, spares());
        assertEquals(0, answer.rest().length);
        assertEquals(0, spares());
    }

    @Test
    void aSpareEndsWithItsSession(Vertx vertx, @TempDir Path other) throws Exception {
        try (Relay patient =
                new Relay(vertx, other).limit("unlistedSpareLife", "100ms").start()) {
            Peer session = patient.skeleton().login("bob", Relay.BOB);
            session.register("web", Mode.GROUP);
            Peer spare = patient.skeleton().spare(session, "web", new byte[50]);
            session.say(new Bye());
            assertEquals(0, spare.rest().length);
            assertEquals(0, patient.node().directory().size());
        }
    }
}
