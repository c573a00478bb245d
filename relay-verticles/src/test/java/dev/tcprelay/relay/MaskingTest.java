package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Neither side learns where or who the other is: all bytes that a client and a skeleton get from the relay, and what
 * is in them once opened, while everything happens that can happen between the two.
 */
@ExtendWith(VertxExtension.class)
class MaskingTest {
    private static final String CLIENT = "the-account-of-the-client";
    private static final String SKELETON = "the-account-of-the-skeleton";
    private static final String CLIENT_ADDRESS = "127.83.29.101";
    private static final String SKELETON_ADDRESS = "127.47.61.202";

    /** Random bytes and base64 hold any two or three given characters now and then. */
    private static final int LONG_ENOUGH = 6;

    private final List<Peer> clients = new ArrayList<>();
    private final List<Peer> skeletons = new ArrayList<>();
    private final Instance clientInstance = Instance.random(Relay.RANDOM);
    private final Instance skeletonInstance = Instance.random(Relay.RANDOM);
    private final Vertx vertx;
    private final Path directory;
    /** The node where the client is, and the one where the skeleton is. */
    private Relay near;

    private Relay far;
    private AutoCloseable all;

    MaskingTest(Vertx vertx, @TempDir Path directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    /** @param several whether the two are at different nodes of a cluster, or at one that is alone */
    private void start(boolean several) throws Exception {
        if (several) {
            var nodes = Nodes.started(vertx, directory, 2, MaskingTest::users);
            all = nodes;
            near = nodes.get(0);
            far = nodes.get(1);
        } else {
            near = new Relay(vertx, directory);
            far = near;
            all = near;
            users(near);
            near.start();
        }
    }

    private static void users(Relay relay) {
        try {
            relay.users(Relay.line(CLIENT, Relay.ALICE, "connect=*") + Relay.line(SKELETON, Relay.BOB, "serve=*"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        all.close();
    }

    private Peer client() throws Exception {
        Peer peer = near.from(CLIENT_ADDRESS, Role.CLIENT);
        clients.add(peer);
        return peer;
    }

    private Peer skeleton() throws Exception {
        Peer peer = far.from(SKELETON_ADDRESS, Role.SKELETON);
        skeletons.add(peer);
        return peer;
    }

    @ParameterizedTest(name = "at different nodes: {0}")
    @ValueSource(booleans = {false, true})
    void neitherSideLearnsWhereOrWhoTheOtherIs(boolean several) throws Exception {
        start(several);
        Peer alice = client().login(CLIENT, Relay.ALICE, clientInstance);
        Peer bob = skeleton().login(SKELETON, Relay.BOB, skeletonInstance);
        bob.register("web", Mode.GROUP);
        awaitListed(1);
        alice.say(new ListServers(null));
        assertEquals(1, alice.hear(Servers.class).servers().size());
        Peer spare = waiting(bob);
        tunnel(client().open(alice, "web"), spare);
        answered(alice, bob);
        client().open(alice, "nobody-serves-it").hearLeg(Unavailable.class);
        Peer other = waiting(bob);
        reset(client().open(alice, "web"), other);
        far.reload(Relay.line(CLIENT, Relay.ALICE, "connect=*"));
        assertEquals(Fault.REVOKED, bob.hear(Fault.class).code());
        awaitListed(0);
        alice.say(new ListServers(null));
        assertEquals(0, alice.hear(Servers.class).servers().size());

        assertNothing(clients, traces(SKELETON_ADDRESS, SKELETON, skeletonInstance, Relay.BOB));
        assertNothing(skeletons, traces(CLIENT_ADDRESS, CLIENT, clientInstance, Relay.ALICE));
    }

    /** That the search finds what is there: the relay tells a skeleton the id, in a record and in what it has sealed. */
    @ParameterizedTest(name = "at different nodes: {0}")
    @ValueSource(booleans = {false, true})
    void whatIsToldIsFound(boolean several) throws Exception {
        start(several);
        Peer alice = client().login(CLIENT, Relay.ALICE, clientInstance);
        Peer bob = skeleton().login(SKELETON, Relay.BOB, skeletonInstance);
        bob.register("a-name-that-is-told", Mode.GROUP);
        awaitListed(1);
        alice.say(new ListServers(null));
        alice.hear(Servers.class);
        for (Peer told : List.of(alice, bob)) {
            assertTrue(text(List.of(told)).contains("a-name-that-is-told"));
        }
    }

    private void awaitListed(int ids) {
        Relay.until(() -> near.node().directory().size() == ids);
    }

    /** A spare of which the client's node knows. */
    private Peer waiting(Peer session) throws Exception {
        Peer spare = skeleton().spare(session, "web", new byte[50]);
        Directory directory = near.node().directory();
        Relay.until(() -> near.spares("web") == 1
                || directory.offers(new ServerId("web")).stream()
                        .flatMap(offer -> directory.elsewhere(offer).stream())
                        .anyMatch(told -> told.entry().spares() == 1));
        return spare;
    }

    private static void tunnel(Peer near, Peer far) throws Exception {
        near.hearLeg(Opened.class);
        far.hearLeg(Start.class);
        assertArrayEquals(new byte[50], near.read(50));
        near.send(new byte[] {1});
        far.send(new byte[] {2});
        assertArrayEquals(new byte[] {1}, far.read(1));
        assertArrayEquals(new byte[] {2}, near.read(1));
        near.close();
        assertEquals(0, far.rest().length);
    }

    private static void reset(Peer near, Peer far) throws Exception {
        near.hearLeg(Opened.class);
        far.hearLeg(Start.class);
        far.socket.setSoLinger(true, 0);
        far.close();
        near.rest();
    }

    /** Without a spare, by NEED. */
    private void answered(Peer alice, Peer bob) throws Exception {
        Peer asking = client().open(alice, "web");
        Need need = bob.hear(Need.class);
        Peer answer = skeleton();
        answer.attach(bob.ticket(), Attach.answer(new ServerId("web"), need.node(), need.token()));
        answer.send(new byte[50]);
        tunnel(asking, answer);
    }

    /** What would betray a side, by what it is. */
    private static Map<String, String> traces(String address, String account, Instance instance, KeyPair key)
            throws Exception {
        Map<String, String> traces = new LinkedHashMap<>();
        traces.put("its address", address);
        traces.put(
                "its address, as bytes", latin1(InetAddress.getByName(address).getAddress()));
        traces.put("its host name", "localhost");
        String machine = InetAddress.getLocalHost().getHostName();
        if (machine.length() >= LONG_ENOUGH) {
            traces.put("its machine's name", machine);
        }
        traces.put("its account", account);
        traces.put("its instance", latin1(instance.bytes()));
        traces.put("its key", latin1(key.publicKey()));
        return traces;
    }

    private static void assertNothing(List<Peer> heard, Map<String, String> traces) {
        String all = text(heard);
        assertTrue(all.length() > 1000, "they have heard something");
        traces.forEach((what, trace) -> assertFalse(all.contains(trace), "they have learnt of the other " + what));
    }

    private static String text(List<Peer> heard) {
        var all = new ByteArrayOutputStream();
        heard.forEach(peer -> all.writeBytes(peer.heard.toByteArray()));
        return latin1(all.toByteArray());
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
