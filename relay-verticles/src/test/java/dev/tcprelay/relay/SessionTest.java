package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Listed;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What sessions say and hear (M16 to M18, M21, M23). */
@ExtendWith(VertxExtension.class)
class SessionTest {
    private Relay relay;

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @BeforeEach
    void files(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory);
    }

    private static byte[] json(int type, String body) {
        byte[] text = body.getBytes(StandardCharsets.UTF_8);
        byte[] typed = new byte[1 + text.length];
        typed[0] = (byte) type;
        System.arraycopy(text, 0, typed, 1, text.length);
        return typed;
    }

    @Test
    void welcomeTellsNodeAndPorts() throws Exception {
        relay.start();
        for (Peer peer : List.of(
                relay.client().login("alice", Relay.ALICE), relay.skeleton().login("bob", Relay.BOB))) {
            assertEquals(relay.node().id(), peer.welcome().node());
            assertEquals(relay.node().ports().clients(), peer.welcome().clientPort());
            assertEquals(relay.node().ports().skeletons(), peer.welcome().skeletonPort());
            assertEquals(1, peer.welcome().nodes());
            assertEquals(1800, peer.ticket().lifetime());
        }
    }

    @Test
    void aTicketIsRenewedAtHalfOfItsLifeAndBothAttach() throws Exception {
        relay.limit("ticketLife", "4s").start();
        Peer alice = relay.client().login("alice", Relay.ALICE);
        long since = System.nanoTime();
        Ticket renewed = alice.hear(Ticket.class);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
        assertTrue(millis > 1500, "renewed after " + millis + " ms");
        assertNotEquals(alice.ticket().ticket(), renewed.ticket());
        assertNotEquals(alice.ticket().secret(), renewed.secret());
        relay.client().attach(renewed, Attach.client()).close();
        relay.client().attach(alice.ticket(), Attach.client()).close();
    }

    @Test
    void listIsFilteredByGrantsOrderedAndPaged() throws Exception {
        relay.limit("idsPerSession", 5000);
        relay.users(Relay.line("alice", Relay.ALICE, "connect=srv-*") + Relay.line("bob", Relay.BOB, "serve=*"));
        relay.start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        List<String> ids = IntStream.range(0, 3000)
                .mapToObj(i -> "srv-" + i + "-with-a-name-of-some-length")
                .sorted()
                .toList();
        for (String id : ids) {
            bob.say(new Register(new ServerId(id), Mode.GROUP));
        }
        bob.say(new Register(new ServerId("other"), Mode.GROUP));
        for (int i = 0; i <= ids.size(); i++) {
            assertEquals(Status.AVAILABLE, bob.hear(Registered.class).status());
        }
        Peer alice = relay.client().login("alice", Relay.ALICE);
        List<String> listed = new ArrayList<>();
        ServerId last = null;
        boolean more = true;
        while (more) {
            alice.say(new ListServers(last));
            byte[] plain = alice.open();
            assertTrue(plain.length <= 1 + 12 * 1024, "a page of " + plain.length + " bytes");
            Servers page = (Servers)
                    dev.tcprelay.protocol.wire.ControlCodec.decode(plain, dev.tcprelay.protocol.wire.Sender.RELAY);
            page.servers().forEach(server -> listed.add(server.id().value()));
            last = page.servers().get(page.servers().size() - 1).id();
            more = page.more();
        }
        assertEquals(ids, listed);
        bob.say(new Bye());
        Relay.until(() -> relay.node().directory().size() == 0);
    }

    @Test
    void listCountsTheSkeletonsOfAnId() throws Exception {
        relay.start();
        relay.skeleton().login("bob", Relay.BOB).register("web", Mode.GROUP);
        relay.skeleton().login("bob", Relay.BOB).register("web", Mode.GROUP);
        Peer alice = relay.client().login("alice", Relay.ALICE);
        alice.say(new ListServers(null));
        assertEquals(
                List.of(new Listed(new ServerId("web"), 2)),
                alice.hear(Servers.class).servers());
        alice.say(new ListServers(new ServerId("web")));
        assertEquals(List.of(), alice.hear(Servers.class).servers());
    }

    @Test
    void aNewSessionOfTheSameInstanceReplacesTheOldAtOnceAndNoOther() throws Exception {
        relay.start();
        Instance instance = Instance.random(Relay.RANDOM);
        Peer old = relay.skeleton().login("bob", Relay.BOB, instance);
        assertEquals(Status.AVAILABLE, old.register("web", Mode.EXCLUSIVE));
        Peer sibling = relay.skeleton().login("bob", Relay.BOB);
        Peer asClient = relay.client().login("carol", Relay.CAROL, instance);
        Peer renewed = relay.skeleton().login("bob", Relay.BOB, instance);
        assertEquals(Status.AVAILABLE, renewed.register("web", Mode.EXCLUSIVE));
        assertEquals(Fault.REPLACED, old.hear(Fault.class).code());
        assertEquals(0, old.rest().length);
        for (Peer other : List.of(sibling, asClient, renewed)) {
            other.say(new Ping());
            other.hear(Pong.class);
        }
        assertEquals(3, relay.node().sessions().size());
        assertEquals(1, relay.node().directory().offers(new ServerId("web")).size());
    }

    @Test
    void unknownFieldsAreIgnored() throws Exception {
        relay.start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.seal(json(0x20, "{\"id\":\"web\",\"later\":{\"x\":[1,null]},\"mode\":\"group\"}"));
        assertEquals(Status.AVAILABLE, bob.hear(Registered.class).status());
        bob.seal(json(0x04, "{\"why\":1}"));
        bob.hear(Pong.class);
    }

    @Test
    void unknownTypesOthersTypesAndMistypedFieldsAreErrorsThatClose() throws Exception {
        relay.start();
        byte[][] wrong = {
            json(0x7f, "{}"),
            json(0x10, "{}"),
            json(0x02, "{}"),
            json(0x20, "{\"id\":\"web\"}"),
            json(0x20, "{\"id\":7,\"mode\":\"group\"}"),
            json(0x20, "{\"id\":\"Web\",\"mode\":\"group\"}"),
            json(0x04, "[]"),
            json(0x04, ""),
            json(0x01, "0123456789abcdef")
        };
        for (byte[] record : wrong) {
            Peer bob = relay.skeleton().login("bob", Relay.BOB);
            bob.seal(record);
            assertEquals(Fault.PROTOCOL, bob.hear(Fault.class).code());
            assertEquals(0, bob.rest().length);
            bob.close();
        }
        Relay.until(() -> relay.node().sessions().size() == 0);
    }

    @Test
    void aRecordThatDoesNotOpenEndsTheConnectionWithoutAWord() throws Exception {
        relay.start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.send(new byte[] {0, 20});
        bob.send(new byte[20]);
        assertEquals(0, bob.rest().length);
    }

    @Test
    void byeEndsTheSession() throws Exception {
        relay.start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        bob.say(new Bye());
        assertEquals(0, bob.rest().length);
        Relay.until(() -> relay.node().directory().size() == 0);
        Relay.until(() -> relay.node().sessions().size() == 0);
    }

    @Test
    void aPingIsAnsweredAtOnceAndASilentPeerIsPingedThenGivenUp() throws Exception {
        relay.limit("pingInterval", "200ms").limit("silence", "1s").start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        bob.say(new Ping());
        bob.hear(Pong.class);
        ControlMessage next = bob.hear();
        assertTrue(next instanceof Ping, "it pings when it has sent nothing");
        long since = System.nanoTime();
        bob.rest();
        assertTrue(System.nanoTime() - since < TimeUnit.SECONDS.toNanos(20));
        Relay.until(() -> relay.node().directory().size() == 0);
    }

    @Test
    void aPeerThatAnswersPingsStays() throws Exception {
        relay.limit("pingInterval", "100ms").limit("silence", "400ms").start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        for (int i = 0; i < 12; i++) {
            bob.hear(Ping.class);
            bob.say(new Pong());
        }
        assertEquals(1, relay.node().sessions().size());
    }

    @Test
    void aPeerThatAsksAndNeverReadsIsNotReadAndThenGivenUp() throws Exception {
        relay.limit("idsPerSession", 2000).limit("silence", "2s").start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        for (int i = 0; i < 1000; i++) {
            bob.register("a-server-with-a-long-name-" + i, Mode.GROUP);
        }
        Peer alice = relay.client().login("alice", Relay.ALICE);
        boolean cut = false;
        try {
            for (int i = 0; i < 2_000_000 && !cut; i++) {
                alice.say(new ListServers(null));
            }
        } catch (java.io.IOException e) {
            cut = true;
        }
        assertTrue(cut, "it was read on although it does not read");
        assertFalse(alice.socket.isClosed());
    }
}
