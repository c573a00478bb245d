package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who may serve what, beside whom, and what happens when the users file changes (M19, M20, M24). */
@ExtendWith(VertxExtension.class)
class RegistrationTest {
    private static final String ALICE = Relay.line("alice", Relay.ALICE, "connect=*");
    private Relay relay;

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory).limit("idsPerSession", 3).limit("unlistedSpareLife", "100ms");
        relay.users(ALICE
                + Relay.line("bob", Relay.BOB, "serve=web,mail,a*")
                + Relay.line("carol", Relay.CAROL, "serve=*"));
        relay.start();
    }

    private Peer bob() throws Exception {
        return relay.skeleton().login("bob", Relay.BOB);
    }

    @Test
    void registerIsForbiddenAvailableInUseOrOverTheLimit() throws Exception {
        Peer bob = bob();
        assertEquals(Status.FORBIDDEN, bob.register("ssh", Mode.GROUP));
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP));
        assertEquals(Status.AVAILABLE, bob.register("web", Mode.GROUP), "again");
        assertEquals(Status.AVAILABLE, bob().register("web", Mode.GROUP), "beside a sibling");
        Peer carol = relay.skeleton().login("carol", Relay.CAROL);
        assertEquals(Status.IN_USE, carol.register("web", Mode.GROUP));
        assertEquals(Status.AVAILABLE, bob.register("a1", Mode.GROUP));
        assertEquals(Status.AVAILABLE, bob.register("a2", Mode.GROUP));
        assertEquals(Status.LIMIT, bob.register("a3", Mode.GROUP));
        bob.say(new Unregister(new ServerId("a2")));
        assertEquals(Status.AVAILABLE, bob.register("a3", Mode.GROUP));
    }

    @Test
    void anUnregisteredIdIsFreeForOthersAndItsSparesAreClosed() throws Exception {
        Peer bob = bob();
        bob.register("web", Mode.GROUP);
        try (Peer spare = relay.skeleton().spare(bob, "web", new byte[50])) {
            bob.say(new Unregister(new ServerId("web")));
            assertEquals(0, spare.rest().length);
        }
        assertEquals(
                Status.AVAILABLE, relay.skeleton().login("carol", Relay.CAROL).register("web", Mode.GROUP));
        bob.say(new Unregister(new ServerId("web")));
        bob.say(new Ping());
        bob.hear(Pong.class);
    }

    @Test
    void exclusiveIsRefusedWhileTheHoldersAnswerAlsoForSeveralIdsAtOnce() throws Exception {
        Peer holder = bob();
        holder.register("web", Mode.EXCLUSIVE);
        holder.register("mail", Mode.GROUP);
        holder.register("a1", Mode.EXCLUSIVE);
        Peer other = bob();
        other.say(new Register(new ServerId("web"), Mode.EXCLUSIVE));
        other.say(new Register(new ServerId("mail"), Mode.EXCLUSIVE));
        other.say(new Register(new ServerId("a1"), Mode.GROUP));
        for (int i = 0; i < 3; i++) {
            holder.hear(Ping.class);
        }
        holder.say(new Pong());
        for (int i = 0; i < 3; i++) {
            assertEquals(Status.IN_USE, other.hear(Registered.class).status());
        }
        assertEquals(2, relay.node().sessions().size());
        assertEquals(3, relay.node().directory().size());
    }

    @Test
    void aHolderThatDoesNotAnswerLosesAnExclusiveId() throws Exception {
        Peer dead = bob();
        dead.register("web", Mode.GROUP);
        dead.register("mail", Mode.GROUP);
        Peer other = bob();
        assertEquals(Status.AVAILABLE, other.register("web", Mode.EXCLUSIVE));
        dead.hear(Ping.class);
        assertEquals(0, dead.rest().length);
        Relay.until(() -> relay.node().sessions().size() == 1);
        Relay.until(() -> relay.node().directory().size() == 1); // its other ids went with it
    }

    @Test
    void whenAUserIsRemovedDisabledOrRekeyedItsSessionsIdsAndParkedLegsEndAndTunnelsGoOn() throws Exception {
        String[] tables = {
            Relay.line("carol", Relay.CAROL, "serve=*"),
            Relay.line("alice", Relay.ALICE, "connect=* disabled") + Relay.line("bob", Relay.BOB, "serve=* disabled"),
            Relay.line("alice", Relay.BOB, "connect=*") + Relay.line("bob", Relay.ALICE, "serve=*")
        };
        for (String table : tables) {
            Peer bob = bob();
            bob.register("web", Mode.GROUP);
            Peer alice = relay.client().login("alice", Relay.ALICE);
            Peer first = relay.skeleton().spare(bob, "web", new byte[50]);
            Peer tunnel = relay.client().open(alice, "web");
            tunnel.hearLeg(LegMessage.Opened.class);
            first.hearLeg(LegMessage.Start.class);
            tunnel.read(50);
            Peer parked = relay.skeleton().spare(bob, "web", new byte[50]);
            Peer warm = relay.client().attach(alice.ticket(), Attach.client());
            relay.reload(table);
            for (Peer session : new Peer[] {bob, alice}) {
                assertEquals(Fault.REVOKED, session.hear(Fault.class).code());
                assertEquals(0, session.rest().length);
            }
            assertEquals(0, parked.rest().length);
            assertEquals(0, warm.rest().length);
            Relay.until(() -> relay.node().directory().size() == 0);
            first.send(new byte[] {1, 2, 3});
            assertEquals(3, tunnel.read(3).length);
            tunnel.close();
            first.close();
            relay.reload(ALICE + Relay.line("bob", Relay.BOB, "serve=web"));
        }
    }

    @Test
    void aGrantThatIsGoneWithdrawsItsIdsOnly() throws Exception {
        Peer bob = bob();
        bob.register("web", Mode.GROUP);
        bob.register("mail", Mode.GROUP);
        relay.reload(Relay.line("bob", Relay.BOB, "serve=mail"));
        bob.hear(Ticket.class);
        Registered said = bob.hear(Registered.class);
        assertEquals("web", said.id().value());
        assertEquals(Status.WITHDRAWN, said.status());
        assertEquals(1, relay.node().directory().size());
        assertEquals(Status.FORBIDDEN, bob.register("web", Mode.GROUP));
    }
}
