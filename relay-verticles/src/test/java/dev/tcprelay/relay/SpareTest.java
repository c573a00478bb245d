package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where the skeleton's leg of a tunnel comes from: spares, and answers to NEED (M22, M36 to M39). */
@ExtendWith(VertxExtension.class)
class SpareTest {
    private static final ServerId WEB = new ServerId("web");
    private Relay relay;
    private Peer alice;
    private Peer bob;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory)
                .instances(2)
                .limit("tunnelsPerUser", 12)
                .start();
        alice = relay.client().login("alice", Relay.ALICE);
        bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
    }

    @AfterEach
    void allCountersAreBackAtZero() throws Exception {
        Relay.until(() -> relay.node().tunnels().open() == 0);
        Relay.until(() -> relay.node().tunnels().of(new UserName("alice")) == 0);
        Relay.until(() -> relay.node().tunnels().awaiting() == 0);
        Relay.until(() -> relay.node().directory().offers(WEB).stream()
                .allMatch(offer -> relay.node().tunnels().of(offer) == 0));
        relay.close();
    }

    private static byte[] message1(int number) {
        byte[] message = new byte[50];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private Peer spare(int number) throws Exception {
        return relay.skeleton().spare(bob, "web", message1(number));
    }

    private Peer answer(Peer session, Need need, byte[] message1) throws Exception {
        Peer leg = relay.skeleton();
        leg.attach(session.ticket(), Attach.answer(need.id(), need.node(), need.token()));
        leg.send(message1);
        return leg;
    }

    private Peer open() throws Exception {
        return relay.client().open(alice, "web");
    }

    private static void close(Peer... peers) throws IOException {
        for (Peer peer : peers) {
            peer.close();
        }
    }

    @Test
    void sparesServeInTheOrderInWhichTheyCame() throws Exception {
        List<Peer> all = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            all.add(spare(i));
        }
        for (int i = 1; i <= 5; i++) {
            Peer client = open();
            client.hearLeg(Opened.class);
            assertArrayEquals(message1(i), client.read(50));
            all.add(client);
        }
        close(all.toArray(Peer[]::new));
    }

    @Test
    void withoutASpareTheSkeletonIsAskedAndItsAnswerIsJoined() throws Exception {
        Peer client = open();
        Need need = bob.hear(Need.class);
        assertEquals(WEB, need.id());
        assertEquals(relay.node().id(), need.node());
        Peer leg = answer(bob, need, message1(3));
        leg.hearLeg(Start.class);
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(3), client.read(50));
        close(client, leg);
    }

    @Test
    void anAnswerWithATokenThatIsNotAwaitedBecomesASpare() throws Exception {
        var unknown = new Need(WEB, Token.random(Relay.RANDOM), relay.node().id());
        Peer leg = answer(bob, unknown, message1(4));
        Relay.until(() -> relay.spares("web") == 1);
        Peer client = open();
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(4), client.read(50));
        close(client, leg);
    }

    @Test
    void anAnswerForAnotherIdThanTheOneAskedForIsNotJoined() throws Exception {
        bob.register("mail", Mode.GROUP);
        Peer client = open();
        Need need = bob.hear(Need.class);
        Peer wrong = answer(bob, new Need(new ServerId("mail"), need.token(), need.node()), message1(5));
        Peer right = answer(bob, need, message1(6));
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(6), client.read(50));
        close(client, wrong, right);
    }

    @Test
    void aSpareWhoseConnectionHasEndedIsSkipped() throws Exception {
        spare(1).close();
        Peer reset = spare(2);
        reset.socket.setSoLinger(true, 0);
        reset.close();
        Peer live = spare(3);
        Peer client = open();
        client.hearLeg(Opened.class);
        byte[] first = client.read(1); // a spare whose end has not come through yet may be started, then it is lost
        assertEquals(3, first[0]);
        close(client, live);
    }

    @Test
    void tunnelsOfAnIdAreSpreadOverItsSessionsByLoad() throws Exception {
        Peer second = relay.skeleton().login("bob", Relay.BOB);
        second.register("web", Mode.GROUP);
        List<Peer> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(spare(1));
            all.add(relay.skeleton().spare(second, "web", message1(2)));
        }
        int[] byNumber = new int[3];
        for (int i = 0; i < 8; i++) {
            Peer client = open();
            client.hearLeg(Opened.class);
            byNumber[client.read(50)[0]]++;
            all.add(client);
        }
        assertArrayEquals(new int[] {0, 4, 4}, byNumber);
        close(all.toArray(Peer[]::new));
    }

    @Test
    void whenOneSessionDoesNotAnswerTheOtherIsAsked() throws Exception {
        Peer second = relay.skeleton().login("bob", Relay.BOB);
        second.register("web", Mode.GROUP);
        Peer client = open();
        bob.hear(Need.class); // never answered
        Peer leg = answer(second, second.hear(Need.class), message1(9));
        client.hearLeg(Opened.class);
        assertArrayEquals(message1(9), client.read(50));
        close(client, leg);
    }

    @Test
    void moreSparesThanTheLimitAreClosed(Vertx vertx, @TempDir Path other) throws Exception {
        Relay small = new Relay(vertx, other)
                .limit("sparesPerServer", 2)
                .limit("spareLife", "1s")
                .start();
        Peer session = small.skeleton().login("bob", Relay.BOB);
        session.register("web", Mode.GROUP);
        Peer first = small.skeleton().spare(session, "web", message1(1));
        Peer second = small.skeleton().spare(session, "web", message1(2));
        try (Peer third = small.skeleton().spare(session, "web", message1(3))) {
            assertEquals(0, third.rest().length);
            assertEquals(2, small.spares("web"));
        }
        assertEquals(0, first.rest().length, "its life is over");
        assertEquals(0, second.rest().length);
    }

    @Test
    void aheadIsPassedOn() throws Exception {
        Peer skeleton = spare(1);
        Peer client = relay.client().attach(alice.ticket(), Attach.client());
        client.sayLeg(new LegMessage.Open(WEB, true));
        client.hearLeg(Opened.class);
        assertEquals(true, skeleton.hearLeg(Start.class).ahead());
        close(client, skeleton);
    }

    /** No skeleton is asked for a leg that nobody waits for. */
    @Test
    void aheadTakesASpareOnly() throws Exception {
        Peer client = relay.client().attach(alice.ticket(), Attach.client());
        client.sayLeg(new LegMessage.Open(WEB, true));
        client.hearLeg(LegMessage.Unavailable.class);
        assertEquals(0, relay.node().counters().tunnelsUnavailable.sum());
        assertEquals(0, relay.node().tunnels().of(new UserName("alice")));
        close(client);
    }

    /** A quarter of what the user may have is kept for tunnels that somebody waits for. */
    @Test
    void aheadDoesNotUseUpWhatTheUserMayHave() throws Exception {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            peers.add(spare(i));
            Peer client = relay.client().attach(alice.ticket(), Attach.client());
            peers.add(client);
            client.sayLeg(new LegMessage.Open(WEB, true));
            if (i < 9) {
                client.hearLeg(Opened.class);
            } else {
                client.hearLeg(LegMessage.Unavailable.class);
            }
        }
        Peer needed = open();
        needed.hearLeg(Opened.class);
        peers.add(needed);
        assertEquals(0, relay.node().counters().opensRefused.sum());
        close(peers.toArray(Peer[]::new));
    }
}
