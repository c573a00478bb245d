package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What one user may have at once, at the limit and one beyond it, and limits that change under way (section 11). */
@ExtendWith(VertxExtension.class)
class QuotaTest {
    private static final UserName ALICE = new UserName("alice");
    private Relay relay;

    @BeforeEach
    void files(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    private Peer alice() throws Exception {
        return relay.client().login("alice", Relay.ALICE);
    }

    private Peer refused(String user, KeyPair key, Role role) throws Exception {
        Peer peer = relay.from("127.0.0.1", role).half(user, key);
        peer.say(new Confirm(Instance.random(Relay.RANDOM)));
        ControlMessage answer = peer.hear();
        assertEquals(Fault.LIMIT, ((Fault) answer).code(), "neither WELCOME nor TICKET");
        assertEquals(0, peer.rest().length);
        return peer;
    }

    @Test
    void aUserHasSoManySessionsAndOthersHaveTheirOwn() throws Exception {
        relay.limit("sessionsPerUser", 2).start();
        Peer first = alice();
        Instance instance = Instance.random(Relay.RANDOM);
        relay.client().login("alice", Relay.ALICE, instance);
        refused("alice", Relay.ALICE, Role.CLIENT);
        relay.skeleton().login("carol", Relay.CAROL);
        relay.client().login("carol", Relay.CAROL);
        refused("carol", Relay.CAROL, Role.SKELETON);
        relay.client().login("alice", Relay.ALICE, instance);
        refused("alice", Relay.ALICE, Role.CLIENT);
        assertEquals(4, relay.node().sessions().size());
        assertEquals(2, relay.node().sessions().of(ALICE), "a session that replaces another counts once");
        first.say(new Ping());
        first.hear(Pong.class);
        first.say(new Bye());
        first.rest();
        Relay.until(() -> relay.node().sessions().of(ALICE) == 1);
        alice();
    }

    private Peer warm(Peer session) throws Exception {
        return relay.client().attach(session.ticket(), Attach.client());
    }

    private void assertOpens(Peer warm, Peer skeleton) throws Exception {
        try (Peer spare = relay.skeleton().spare(skeleton, "web", new byte[50])) {
            warm.sayLeg(new LegMessage.Open(new ServerId("web"), false));
            warm.hearLeg(LegMessage.Opened.class);
            spare.hearLeg(LegMessage.Start.class);
        }
    }

    @Test
    void beyondTheWarmLegsOfASessionItsOldestIsClosed() throws Exception {
        relay.limit("warmLegsPerSession", 2).start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        Peer session = alice();
        Peer other = alice();
        List<Peer> warm = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            warm.add(warm(session));
            warm.add(warm(other));
        }
        assertEquals(0, warm.get(0).rest().length);
        assertEquals(0, warm.get(1).rest().length);
        Relay.until(() -> relay.node().warmLegs().size() == 4);
        assertEquals(4, relay.node().warmLegs().of(ALICE));
        for (int i = 2; i < 6; i++) {
            assertOpens(warm.get(i), bob);
        }
        assertEquals(0, relay.node().warmLegs().of(ALICE));
    }

    @Test
    void beyondTheWarmLegsOfAUserTheOldestOfAllSessionsIsClosed() throws Exception {
        relay.limit("warmLegsPerUser", 3).start();
        Peer session = alice();
        Peer other = alice();
        Peer carols = warm(relay.client().login("carol", Relay.CAROL));
        Peer oldest = warm(session);
        List<Peer> later = List.of(warm(other), warm(session), warm(other));
        assertEquals(0, oldest.rest().length);
        Relay.until(() -> relay.node().warmLegs().size() == 4);
        assertEquals(3, relay.node().warmLegs().of(ALICE));
        for (Peer leg : later) {
            leg.close();
        }
        Relay.until(() -> relay.node().warmLegs().of(ALICE) == 0);
        carols.close();
    }

    @Test
    void aLegThatHasAskedForAServerIsNotWarm() throws Exception {
        relay.limit("warmLegsPerSession", 1).limit("openDeadline", "60s").start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        Peer session = alice();
        List<Peer> asking = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asking.add(relay.client().open(session, "web"));
            Relay.until(() -> relay.node().warmLegs().of(ALICE) == 0);
        }
        warm(session);
        for (int i = 0; i < 5; i++) {
            relay.skeleton().spare(bob, "web", new byte[50]);
        }
        for (Peer leg : asking) {
            leg.hearLeg(LegMessage.Opened.class);
        }
    }

    /** An IPv4 client of a listener for both is the same source as one of a listener for IPv4. */
    @Test
    void mappedAddressesCountAsIpv4() throws Exception {
        Assumptions.assumeTrue(hasIpv6(), "no IPv6 here");
        relay.host("::").limit("unauthenticatedPerSource", 1).start();
        relay.from("127.0.0.2", Role.CLIENT);
        relay.from("127.0.0.3", Role.CLIENT);
        assertThrows(IOException.class, () -> relay.from("127.0.0.2", Role.CLIENT));
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, Inet6Address.getByName("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void limitsChangeUnderWayForWhatComesThen() throws Exception {
        relay.limit("sessionsPerUser", 1).limit("warmLegsPerSession", 2).start();
        Peer session = alice();
        refused("alice", Relay.ALICE, Role.CLIENT);
        relay.reloadConfig(config ->
                config.getJsonObject("limits").put("sessionsPerUser", 2).put("warmLegsPerSession", 1));
        alice();
        refused("alice", Relay.ALICE, Role.CLIENT);
        Peer first = warm(session);
        Peer second = warm(session);
        assertEquals(0, first.rest().length);
        relay.reloadConfig(config -> config.remove("limits"));
        alice();
        warm(session);
        assertEquals(2, relay.node().warmLegs().of(ALICE));
        second.close();
    }

    @Test
    void whatCannotChangeSaysSoAndChangesNothing() throws Exception {
        relay.limit("sessionsPerUser", 1).start();
        alice();
        var problem = assertThrows(
                SettingsException.class,
                () -> relay.reloadConfig(config -> {
                    config.getJsonObject("clients").put("port", 1).put("instances", 2);
                    config.put("directory", "/elsewhere").put("usersCheck", "9s");
                    config.getJsonObject("limits").put("sessionsPerUser", 2);
                }));
        String text = problem.getMessage();
        for (String key : List.of("clients", "directory", "usersCheck")) {
            assertTrue(text.contains(key + ": " + Reloadable.FIXED), text);
        }
        assertTrue(!text.contains("skeletons"), text);
        assertThrows(
                SettingsException.class,
                () -> relay.reloadConfig(config -> config.put("limits", new JsonObject().put("sesionsPerUser", 2))));
        refused("alice", Relay.ALICE, Role.CLIENT);
    }
}
