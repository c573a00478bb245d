package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node's log holds at the standard level: one line for each thing that happened, and nothing for noise. */
@ExtendWith(VertxExtension.class)
class LogTest {
    private Logged logged;
    private Relay relay;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        logged = new Logged();
        relay = Relay.started(vertx, directory);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
        logged.close();
    }

    /** Without what differs at each run. */
    private List<String> lines() {
        return logged.lines().stream()
                .map(line -> line.replaceAll("[0-9a-f]{16,}", "#").replaceAll("\\b\\d+( ms)", "#$1"))
                .toList();
    }

    @Test
    void aCleanRunOfLoginListAndTunnel() throws Exception {
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        Peer alice = relay.client().login("alice", Relay.ALICE);
        alice.say(new ListServers(null));
        assertEquals(1, alice.hear(Servers.class).servers().size());
        Peer spare = relay.skeleton().spare(bob, "web", new byte[50]);
        Peer leg = relay.client().open(alice, "web");
        leg.hearLeg(Opened.class);
        spare.hearLeg(Start.class);
        leg.read(50);
        spare.send(new byte[100]);
        leg.read(100);
        leg.send(new byte[7]);
        spare.read(7);
        leg.socket.shutdownOutput();
        spare.socket.shutdownOutput();
        assertEquals(0, leg.rest().length + spare.rest().length);
        Relay.until(() -> relay.node().tunnels().open() == 0);
        alice.close();
        Relay.until(() -> logged.lines().size() == 7);
        relay.stop();
        String node = relay.node().id().toString();
        assertTrue(logged.lines().get(2).endsWith(", node " + node));
        assertEquals(
                List.of(
                        "INFO audit bob logged in from 127.0.0.1 as a skeleton, session #, node #",
                        "INFO audit bob serves web",
                        "INFO audit alice logged in from 127.0.0.1 as a client, session #, node #",
                        "INFO tunnels tunnel # alice to web of bob: # ms, 7 bytes up, 150 bytes down, finished",
                        "INFO audit alice logged out: " + reasonOf(6) + ", session #",
                        "INFO audit bob logged out: this node stops, session #"),
                lines().subList(2, lines().size()));
        assertTrue(lines().get(0).startsWith("INFO Descriptors relay: room for "), lines().get(0));
        assertTrue(lines().get(1).startsWith("INFO RelayVerticle node # serves clients on port "), lines().get(1));
        assertEquals(
                logged.fields().get(2).get("session"), logged.fields().get(7).get("session"));
    }

    /** The client's socket just closes: whether that is an end or a reset is the kernel's to say. */
    private String reasonOf(int line) {
        return logged.fields().get(line).get("reason");
    }

    @Test
    void whatIsRefusedIsLoggedWithItsReason() throws Exception {
        KeyPair wrong = KeyPair.generate(Relay.RANDOM);
        for (String name : List.of("alice", "zelda")) {
            Peer guesser = relay.client();
            guesser.send(guesser.loginRequest(name, wrong));
            guesser.rest();
        }
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        relay.reload(Relay.USERS
                .replace("serve=*", "serve=web")
                .replace("alice ", "alice ")
                .replace("connect=*\n", "connect=mail\n"));
        assertEquals(Status.FORBIDDEN, bob.register("mail", Mode.GROUP));
        relay.client().open(relay.client().login("alice", Relay.ALICE), "web").hearLeg(Unavailable.class);
        alice.close();
        List<String> lines = lines();
        assertTrue(
                lines.contains("INFO audit login as alice from 127.0.0.1 as a client refused: another key"),
                lines::toString);
        assertTrue(
                lines.contains("INFO audit login as zelda from 127.0.0.1 as a client refused: no such user"),
                lines::toString);
        assertTrue(lines.contains("INFO audit register of mail by bob refused: no grant to serve it"), lines::toString);
        assertTrue(
                lines.contains("INFO audit open of web by alice refused: no grant to connect to it"), lines::toString);
        assertEquals(1, relay.node().counters().opensRefused.sum());
        assertEquals(1, relay.node().counters().registrationsRefused.sum());
    }

    /** Scanners and their like are counted only. */
    @Test
    void strangersLeaveNoLine() throws Exception {
        int before = logged.lines().size();
        relay.client().close();
        Peer http = relay.client();
        http.send("GET / HTTP/1.1\r\nHost: relay\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        http.rest();
        Peer garbled = relay.skeleton();
        byte[] request = garbled.loginRequest("bob", Relay.BOB);
        request[20] ^= 1;
        garbled.send(request);
        garbled.rest();
        Peer half = relay.client().half("alice", Relay.ALICE);
        half.send(new byte[] {0, 3, 1, 2, 3});
        half.rest();
        var counters = relay.node().counters();
        Relay.until(() -> counters.strangers.sum() + counters.loginsRefused.sum() == 4);
        assertEquals(before, logged.lines().size(), () -> lines().toString());
    }

    /** Vert.x logs exceptions of connections as errors, unless it is told otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\0\1\2 nonsense\r\n\r\n", "GET /relay.pem HTTP/1.1\r\nHo"})
    void aResetOnTheHttpPortLeavesNoLine(String sent) throws Exception {
        logged.debug(PublicHttp.class);
        try (var socket = new Socket("127.0.0.1", relay.httpPort())) {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            socket.setSoLinger(true, 0); // the close is a reset
        }
        Relay.until(() -> lines().stream().anyMatch(line -> line.startsWith("DEBUG PublicHttp a connection ended: ")));
        assertFalse(lines().stream().anyMatch(line -> line.startsWith("ERROR")), () -> lines().toString());
    }

    /** Netty, too: of a connection that is reset while it is being accepted. */
    @Test
    void aPortScanLeavesNoLine() throws Exception {
        int before = logged.lines().size();
        for (int i = 0; i < 200; i++) {
            try (var socket = new Socket("127.0.0.1", relay.port(Role.CLIENT))) {
                socket.getOutputStream().write(0);
                socket.setSoLinger(true, 0); // the close is a reset
            }
        }
        // Those whom the kernel has forgotten by then are not even accepted.
        relay.client().login("alice", Relay.ALICE).close();
        Relay.until(() -> relay.node().admission().size() == 0);
        List<String> lines = logged.lines();
        assertEquals(
                List.of(),
                lines.subList(before, lines.size()).stream()
                        .filter(line -> !line.startsWith("INFO audit alice "))
                        .toList());
    }

    /** An id that nobody serves is no offence: it is counted. */
    @Test
    void anUnavailableServerIsCountedOnly() throws Exception {
        Peer alice = relay.client().login("alice", Relay.ALICE);
        relay.client().open(alice, new ServerId("nobody").value()).hearLeg(Unavailable.class);
        assertEquals(1, relay.node().counters().tunnelsUnavailable.sum());
        assertFalse(lines().stream().anyMatch(line -> line.contains("nobody")), () -> lines().toString());
    }

    /** A tunnel that was opened ahead of need is an event when it was used; else it is counted only. */
    @Test
    void aTunnelOpenedAheadIsLoggedIfItWasUsed() throws Exception {
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        Peer alice = relay.client().login("alice", Relay.ALICE);
        for (int bytes : new int[] {0, 7}) {
            Peer spare = relay.skeleton().spare(bob, "web", new byte[50]);
            Peer leg = relay.client().attach(alice.ticket(), Attach.client());
            leg.sayLeg(new LegMessage.Open(new ServerId("web"), true));
            leg.hearLeg(Opened.class);
            spare.hearLeg(Start.class);
            leg.send(new byte[bytes]);
            leg.socket.shutdownOutput();
            assertEquals(bytes, spare.rest().length);
            spare.socket.shutdownOutput();
            leg.rest();
            Relay.until(() -> relay.node().tunnels().running() == 0);
        }
        assertEquals(1, relay.node().counters().tunnelsUnused.sum());
        assertEquals(2, relay.node().counters().tunnels.sum());
        List<String> tunnels =
                lines().stream().filter(line -> line.contains("tunnel #")).toList();
        assertEquals(
                List.of("INFO tunnels tunnel # alice to web of bob: # ms, 7 bytes up, 50 bytes down, finished"),
                tunnels);
    }
}
