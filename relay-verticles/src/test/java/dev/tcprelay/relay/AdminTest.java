package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.relay.AdminRoutes.Answer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node tells those who operate it, over the socket and over the port, on both transports. */
class AdminTest {
    @TempDir
    private Path directory;

    private Vertx vertx = Vertx.vertx();
    private Relay relay;

    @AfterEach
    void stop() throws Exception {
        if (relay != null) {
            relay.close();
        }
        Relay.await(vertx.close());
    }

    private Path socket() {
        return directory.resolve("admin.sock");
    }

    private void start(JsonObject admin) throws Exception {
        relay = new Relay(vertx, directory).admin(admin).start();
    }

    /** Status code and body. */
    private record Reply(int code, String body, String type) {}

    private Reply ask(SocketAddress server, HttpMethod method, String path) throws Exception {
        var client = vertx.createHttpClient();
        var options = new RequestOptions()
                .setServer(server)
                .setMethod(method)
                .setURI(path)
                .setHost("relay");
        return Relay.await(client.request(options)
                .compose(request -> request.send())
                .compose(response -> response.body()
                        .map(body ->
                                new Reply(response.statusCode(), body.toString(), response.getHeader("content-type"))))
                .eventually(client::close));
    }

    private Reply socket(String path) throws Exception {
        return ask(SocketAddress.domainSocketAddress(socket().toString()), HttpMethod.GET, path);
    }

    private Reply port(String path) throws Exception {
        return ask(SocketAddress.inetSocketAddress(relay.adminPort(), "127.0.0.1"), HttpMethod.GET, path);
    }

    private JsonObject status() throws Exception {
        Reply reply = socket("/status");
        assertEquals(200, reply.code);
        return new JsonObject(reply.body);
    }

    /** Nobody asked for the socket: a deep directory is no reason not to run. */
    @Test
    void whereTheStandardPathIsTooLongTheNodeRunsWithoutASocket() throws Exception {
        directory = Files.createDirectory(directory.resolve("d".repeat(100)));
        start(new JsonObject().put("port", 0));
        assertEquals(200, port("/live").code);
        assertFalse(Files.exists(socket()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSocketIsThereWhileTheNodeRuns(boolean nativeTransport) throws Exception {
        Relay.await(vertx.close());
        vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
        assertEquals(nativeTransport, vertx.isNativeTransportEnabled());
        start(new JsonObject());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        assertEquals("ready", status().getString("state"));
        relay.stop();
        try (var files = Files.list(directory)) {
            assertEquals(3, files.count(), "relay.key, relay.pem and users");
        }
        relay.start();
        assertEquals("ready", status().getString("state"), "again");
    }

    @Test
    void aSecondNodeOnTheSameDirectoryIsToldSo() throws Exception {
        start(new JsonObject());
        var options = relay.options();
        IOException e =
                assertThrows(IOException.class, () -> Relay.await(vertx.deployVerticle(new RelayVerticle(), options)));
        assertTrue(String.valueOf(e.getMessage()).contains("a relay that runs has this admin socket"), e.getMessage());
        assertEquals("ready", status().getString("state"), "the first one's socket stays");
    }

    @Test
    void theSocketGoesWithAStartThatFails() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            relay = new Relay(vertx, directory).admin(new JsonObject().put("port", taken.getLocalPort()));
            assertThrows(IOException.class, relay::start);
        }
        assertFalse(Files.exists(socket()));
        relay.admin(new JsonObject()).start();
    }

    @Test
    void statusTellsWhatTheNodeHas() throws Exception {
        start(new JsonObject());
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        bob.register("mail", Mode.GROUP);
        Peer alice = relay.client().login("alice", Relay.ALICE);
        relay.skeleton().spare(bob, "web", new byte[50]);
        relay.skeleton().spare(bob, "web", new byte[50]);
        Peer leg = relay.client().open(alice, "web");
        leg.hearLeg(Opened.class);
        relay.client().open(alice, "nothing").hearLeg(Unavailable.class);
        Peer warm = relay.client();
        warm.attach(alice.ticket(), Attach.client());
        Peer stranger = relay.client();
        Relay.until(() -> relay.node().warmLegs().size() == 1); // the one without a server has gone
        JsonObject status = status();
        assertEquals(relay.node().id().toString(), status.getString("node"));
        assertEquals(relay.port(Role.CLIENT), status.getJsonObject("ports").getInteger("clients"));
        assertEquals(
                "{\"count\":4,\"hash\":\"" + relay.node().accounts().hash() + "\"}",
                status.getJsonObject("users").encode());
        assertEquals(
                "{\"clients\":1,\"skeletons\":1}",
                status.getJsonObject("sessions").encode());
        assertEquals(
                "[{\"id\":\"mail\",\"skeletons\":1,\"spares\":0,\"tunnels\":0},"
                        + "{\"id\":\"web\",\"skeletons\":1,\"spares\":1,\"tunnels\":1}]",
                status.getJsonArray("servers").encode());
        assertEquals(
                "{\"tunnels\":1,\"carried\":0,\"legs\":4,\"warmLegs\":1,\"spares\":1,\"unauthenticated\":1}",
                status.getJsonObject("connections").encode());
        JsonObject counters = status.getJsonObject("counters");
        assertEquals(2, counters.getInteger("logins"));
        assertEquals(1, counters.getInteger("tunnels"));
        assertEquals(1, counters.getInteger("tunnelsUnavailable"));
        JsonObject process = status.getJsonObject("process");
        assertTrue(process.getJsonObject("descriptors").getLong("used") > 10, process::encode);
        assertTrue(process.getJsonObject("heap").getLong("used") > 1 << 20, process::encode);
        assertTrue(process.getJsonObject("netty").getLong("used") > 0, process::encode);
        assertTrue(process.getJsonObject("netty").getLong("max") > 1 << 20, process::encode);
        assertEquals("ready", socket("/ready").body.strip());
        warm.close();
        stranger.close();
    }

    /** Before anything is refused: load balancers look elsewhere first. */
    @Test
    void aNodeThatDrainsIsLiveAndNotReady() throws Exception {
        relay = new Relay(vertx, directory)
                .drain("30s", "30s")
                .admin(new JsonObject().put("port", 0))
                .start();
        assertEquals(200, port("/ready").code);
        Future<Void> drained = relay.drain();
        Relay.until(() -> relay.phase().equals("notice"));
        assertEquals(503, port("/ready").code);
        assertEquals("draining", port("/ready").body.strip());
        assertEquals(200, port("/live").code);
        assertFalse(drained.isComplete());
        relay.client().login("alice", Relay.ALICE).close();
    }

    /** What programs may rely on: a name that changes must change docs/operations.md and this test. */
    @Test
    void theNamesAreStable() throws Exception {
        start(new JsonObject().put("port", 0));
        assertEquals(
                "{\"connections\":[\"tunnels\",\"carried\",\"legs\",\"warmLegs\",\"spares\",\"unauthenticated\"],"
                        + "\"counters\":[\"strangers\",\"shed\",\"headersRefused\",\"logins\",\"loginsRefused\",\"attaches\",\"attachesRefused\","
                        + "\"registrationsRefused\",\"opensRefused\",\"violations\",\"usersRefused\",\"tunnels\","
                        + "\"tunnelsUnavailable\",\"tunnelsUnused\",\"tunnelsCarried\",\"strangeMessages\",\"deltas\",\"digests\","
                        + "\"repairs\",\"pages\",\"bytesUp\",\"bytesDown\"],"
                        + "\"ports\":[\"clients\",\"skeletons\",\"http\",\"admin\"],"
                        + "\"process\":[\"pid\",\"java\",\"descriptors\",\"heap\",\"netty\",\"directBuffers\",\"threads\","
                        + "\"collections\",\"collectingMillis\"],"
                        + "\"sessions\":[\"clients\",\"skeletons\"],"
                        + "\"top\":[\"version\",\"node\",\"state\",\"started\",\"uptimeSeconds\",\"fingerprint\",\"ports\","
                        + "\"users\",\"sessions\",\"connections\",\"counters\",\"process\",\"servers\"],"
                        + "\"users\":[\"count\",\"hash\"]}",
                names(status()));
    }

    private static String names(JsonObject status) {
        Map<String, Object> names = new TreeMap<>(Map.of("top", status.fieldNames()));
        status.forEach(member -> {
            if (member.getValue() instanceof JsonObject group) {
                names.put(member.getKey(), group.fieldNames());
            }
        });
        var json = new JsonObject();
        names.forEach((name, fields) -> json.put(name, new JsonArray(List.copyOf((Set<?>) fields))));
        return json.encode();
    }

    @Test
    void thePortIsOffUnlessConfiguredAndTellsNoNames() throws Exception {
        start(new JsonObject());
        assertEquals(0, relay.adminPort());
        relay.stop();
        relay.admin(new JsonObject().put("port", 0)).start();
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("a-secret-server", Mode.GROUP);
        assertEquals(200, port("/live").code);
        assertEquals("ready", port("/ready").body.strip());
        assertEquals(404, port("/status").code);
        assertEquals(404, port("/").code);
        assertEquals(
                405,
                ask(SocketAddress.inetSocketAddress(relay.adminPort(), "127.0.0.1"), HttpMethod.POST, "/live").code);
        Reply metrics = port("/metrics");
        assertEquals("text/plain; version=0.0.4; charset=utf-8", metrics.type);
        assertFalse(metrics.body.contains("a-secret-server") || metrics.body.contains("bob"), metrics.body);
        for (int port : new int[] {relay.port(Role.CLIENT), relay.httpPort()}) {
            assertFalse(answersLive(port), "port " + port);
        }
    }

    private boolean answersLive(int port) throws Exception {
        try {
            return ask(SocketAddress.inetSocketAddress(port, "127.0.0.1"), HttpMethod.GET, "/live").code == 200;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void metricsAreThoseOfTheSnapshot() throws Exception {
        start(new JsonObject().put("port", 0));
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        String text = port("/metrics").body;
        for (String line : new String[] {
            "relay_ready 1.0", "relay_users 4.0", "relay_sessions{role=\"skeleton\"} 1.0",
            "relay_sessions{role=\"client\"} 0.0", "relay_servers 1.0", "relay_tunnels_open 0.0",
            "relay_logins_total 1.0", "relay_logins_refused_total 0.0", "relay_tunnels_total 0.0",
            "relay_bytes_up_total 0.0", "# TYPE relay_tunnels_open gauge", "# TYPE relay_logins_total counter"
        }) {
            assertTrue(text.lines().anyMatch(line::equals), line + " is not in\n" + text);
        }
        for (String start : new String[] {
            "relay_descriptors_used ",
            "relay_heap_bytes_max ",
            "relay_netty_bytes_used ",
            "relay_collecting_seconds_total "
        }) {
            assertTrue(text.lines().anyMatch(line -> line.startsWith(start)), start + " is not in\n" + text);
        }
        assertFalse(text.contains("NaN"), text);
    }

    /** A skeleton that is not there. */
    private record Absent() implements Skeleton {
        @Override
        public void need(ServerId id, Token token, NodeId meeting) {}

        @Override
        public Future<Boolean> answersPing() {
            return Future.succeededFuture(false);
        }

        @Override
        public void evict() {}

        @Override
        public void displaced(Registration registration, Claim by) {}
    }

    /** The snapshot of a large directory is taken and written elsewhere: an event loop goes on meanwhile. */
    @Test
    void tenThousandIdsHoldUpNoEventLoop() throws Exception {
        start(new JsonObject());
        var absent = new Absent();
        Instance instance = Instance.random(Relay.RANDOM);
        for (int i = 0; i < 10_000; i++) {
            var offer = new Offer(new ServerId("id-" + i), new UserName("bob"), instance);
            Relay.await(relay.node().directory().register(new Registration(offer, absent, Mode.GROUP)));
        }
        assertEquals(10_000, status().getJsonArray("servers").size());
        var onLoop = new AtomicBoolean(true);
        var run = new NodeStatus.Run(Instant.now(), relay.fingerprint(), 0, 0);
        var routes = new AdminRoutes(
                vertx,
                relay.node().counters(),
                () -> NodeState.READY,
                () -> {
                    onLoop.set(Context.isOnEventLoopThread());
                    return NodeStatus.of(run, NodeState.READY, null, relay.node());
                },
                by -> {});
        for (String path : new String[] {"/status", "/metrics"}) {
            onLoop.set(true);
            Promise<Answer> answered = Promise.promise();
            vertx.runOnContext(v -> routes.all().get(path).answer().onComplete(answered));
            assertEquals(200, Relay.await(answered.future()).status());
            assertFalse(onLoop.get(), path);
        }
    }
}
