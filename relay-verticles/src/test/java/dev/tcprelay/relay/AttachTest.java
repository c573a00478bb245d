package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.SealedTicket;
import dev.tcprelay.protocol.wire.TicketClaims;
import dev.tcprelay.protocol.wire.TicketSecret;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** ATTACH with everything but a good ticket of one's own: the same two bytes, whatever the cause (M26). */
@ExtendWith(VertxExtension.class)
class AttachTest {
    private Relay relay;
    private Peer alice;

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = Relay.started(vertx, directory);
        alice = relay.client().login("alice", Relay.ALICE);
    }

    private static void refused(Peer leg, byte[] request) throws Exception {
        leg.send(request);
        assertArrayEquals(Peer.REFUSED, leg.rest());
        leg.close();
    }

    private void refused(Ticket with) throws Exception {
        Peer leg = relay.client();
        refused(leg, leg.attachRequest(with, Attach.client()));
    }

    private Ticket sealed(TicketClaims claims, long at) {
        return new Ticket(relay.node().tickets().seal(claims, at, Relay.RANDOM), claims.secret(), 60);
    }

    private TicketClaims claims(long notAfter) {
        var user = relay.node().accounts().active(new dev.tcprelay.protocol.files.UserName("alice"));
        return new TicketClaims(
                dev.tcprelay.protocol.wire.Role.CLIENT,
                user.orElseThrow().name(),
                TicketSecret.random(Relay.RANDOM),
                notAfter,
                user.orElseThrow().generation(),
                dev.tcprelay.protocol.wire.Instance.random(Relay.RANDOM));
    }

    @Test
    void theTicketOfTheSessionAttaches() throws Exception {
        try (Peer leg = relay.client()) {
            leg.send(leg.attachRequest(alice.ticket(), Attach.client()));
            assertEquals(
                    relay.node().id(), leg.hearLeg(LegMessage.Ok.class).node(), "OK names the node, as WELCOME did");
            assertEquals(alice.welcome().node(), relay.node().id());
        }
    }

    @Test
    void aTicketWithAnyByteFlippedIsRefused() throws Exception {
        byte[] good = alice.ticket().ticket().bytes();
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            refused(new Ticket(new SealedTicket(bad), alice.ticket().secret(), 60));
        }
        assertEquals(good.length, relay.node().counters().attachesRefused.sum());
    }

    @Test
    void theProofWithAnyByteFlippedIsRefused() throws Exception {
        for (int at = 3; at < 343; at += 7) {
            Peer leg = relay.client();
            byte[] request = leg.attachRequest(alice.ticket(), Attach.client());
            request[at] ^= 1;
            refused(leg, request);
        }
    }

    @Test
    void aTicketThatIsOverOrOfAnotherHourIsRefused() throws Exception {
        long now = Node.now();
        refused(sealed(claims(now - 1), now));
        refused(sealed(claims(now + 60), now - 7300));
        refused(sealed(claims(now + 60), now + 3700));
        try (Peer leg = relay.client()) {
            leg.attach(sealed(claims(now + 60), now), Attach.client());
        }
    }

    @Test
    void aTicketWithoutItsSecretIsRefused() throws Exception {
        refused(new Ticket(alice.ticket().ticket(), TicketSecret.random(Relay.RANDOM), 60));
    }

    @Test
    void attachOfOneConnectionIsRefusedOnAnother() throws Exception {
        Peer first = relay.client();
        byte[] request = first.attachRequest(alice.ticket(), Attach.client());
        first.send(request);
        first.hearLeg(LegMessage.Ok.class);
        refused(relay.client(), request);
        first.close();
    }

    @Test
    void aClientsTicketOnTheSkeletonPortAndTheOtherWayRoundIsRefused() throws Exception {
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        Peer skeletonLeg = relay.skeleton();
        refused(skeletonLeg, skeletonLeg.attachRequest(alice.ticket(), Attach.spare(new ServerId("web"))));
        refused(bob.ticket());
    }

    @Test
    void whenTheUserIsRemovedDisabledRekeyedOrHasOtherGrantsTheTicketIsRefused() throws Exception {
        String[] tables = {
            Relay.line("bob", Relay.BOB, "serve=*"),
            Relay.line("alice", Relay.ALICE, "connect=* disabled"),
            Relay.line("alice", Relay.CAROL, "connect=*"),
            Relay.line("alice", Relay.ALICE, "connect=mail")
        };
        for (String table : tables) {
            relay.reload(table);
            refused(alice.ticket());
        }
        relay.reload(Relay.USERS);
        try (Peer leg = relay.client()) {
            leg.attach(alice.ticket(), Attach.client());
        }
    }

    @Test
    void loginAfterAttachIsClosed() throws Exception {
        Peer leg = relay.client();
        byte[] login = leg.loginRequest("alice", Relay.ALICE);
        leg.attach(alice.ticket(), Attach.client()).send(login);
        assertEquals(0, leg.rest().length);
        leg.close();
    }

    @Test
    void aSecondAttachIsClosed() throws Exception {
        Peer leg = relay.client();
        byte[] request = leg.attachRequest(alice.ticket(), Attach.client());
        leg.send(request);
        leg.hearLeg(LegMessage.Ok.class);
        leg.send(request);
        assertEquals(0, leg.rest().length);
        leg.close();
    }

    @Test
    void attachAfterLoginIsClosed() throws Exception {
        byte[] request = relay.client().attachRequest(alice.ticket(), Attach.client());
        Peer half = relay.client().half("alice", Relay.ALICE);
        half.send(request);
        assertEquals(0, half.rest().length, "before CONFIRM");
        Peer whole = relay.client().login("alice", Relay.ALICE);
        whole.send(request);
        whole.send(request); // the first alone is shorter than the record that its bytes announce
        assertEquals(0, whole.rest().length, "after CONFIRM");
    }

    @Test
    void aSpareOfAnIdThatItsSessionHasNotRegisteredIsClosed() throws Exception {
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        try (Peer leg = relay.skeleton().spare(bob, "web", new byte[50])) {
            assertEquals(0, leg.rest().length);
        }
    }
}
