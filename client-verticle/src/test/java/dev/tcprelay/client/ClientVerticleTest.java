package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.RelayException;
import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.channel.SettingsProblem;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Outcome;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The client verticle with its config and files. */
@ExtendWith(VertxExtension.class)
class ClientVerticleTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private ClientRig rig;
    private ClientVerticle verticle = new ClientVerticle();
    private Context own;

    @TempDir
    Path directory;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
        rig.relay.servers.put(WEB, FakeSkeleton.serving(rig.psk, Outcome.OK, FakeSkeleton::echo));
        var home = new RelayHome(directory);
        var address = rig.relay.address().address();
        var known = new KnownRelay("home", address, address, Realm.generate(RANDOM), PublicKey.of(rig.relay.key), null);
        SecretFiles.create(home.knownRelays(), known.format() + "\n");
        SecretFiles.create(home.logins(), "home alice keys/alice.key\n");
        SecretFiles.create(directory.resolve("keys/alice.key"), RelayKey.format(KeyPair.generate(RANDOM)));
        SecretFiles.create(home.psk(WEB), rig.psk.format() + "\n");
        SecretFiles.create(directory.resolve("proxy.password"), "secret\n");
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private Future<String> deploy() {
        var socks = new JsonObject()
                .put("port", 0)
                .put("user", "app")
                .put("passwordFile", directory.resolve("proxy.password").toString());
        var forward = new JsonObject().put("listen", 0).put("server", "web");
        var config = new JsonObject()
                .put("home", directory.toString())
                .put("socks", socks)
                .put("forwards", new JsonArray().add(forward));
        return rig.vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config));
    }

    private void assertEcho(Socket app) throws Exception {
        app.getOutputStream().write(ProxyTalk.ascii("hello"));
        assertEquals("hello", ProxyTalk.text(app.getInputStream().readNBytes(5)));
    }

    @Test
    void itsPortsLeadToServers() throws Exception {
        String id = get(deploy());
        assertEcho(rig.connect(verticle.forwardPorts().get(0)));
        Socket app = rig.connect(verticle.socksPort());
        app.getOutputStream()
                .write(ProxyTalk.concat(
                        new byte[] {5, 1, 2, 1, 3},
                        ProxyTalk.ascii("app"),
                        new byte[] {6},
                        ProxyTalk.ascii("secret"),
                        new byte[] {5, 1, 0, 3, 3},
                        ProxyTalk.ascii("web"),
                        new byte[] {0, 80}));
        assertEquals(
                "05020100",
                java.util.HexFormat.of().formatHex(app.getInputStream().readNBytes(4)));
        assertEquals(0, ClientRig.reply(app));
        assertEcho(app);
        get(rig.vertx.undeploy(id));
        assertThrows(ConnectException.class, () -> rig.connect(verticle.socksPort()));
        ClientRig.await(() -> rig.relay.sessions.isEmpty());
    }

    @Test
    void aRefusedLoginFailsTheDeployment(VertxTestContext context) {
        rig.relay.refusing = true;
        deploy().onComplete(context.failing(e -> context.verify(() -> {
            assertEquals(RelayException.Kind.REFUSED, ((RelayException) e).kind());
            assertThrows(ConnectException.class, () -> rig.connect(verticle.socksPort()));
            context.completeNow();
        })));
    }

    @Test
    void aWrongConfigFailsTheDeployment(VertxTestContext context) {
        var config = new JsonObject().put("home", directory.toString()).put("sock", new JsonObject());
        rig.vertx
                .deployVerticle(verticle, new DeploymentOptions().setConfig(config))
                .onComplete(context.failing(e -> context.verify(() -> {
                    assertInstanceOf(SettingsException.class, e);
                    context.completeNow();
                })));
    }

    @Test
    void aRelayThatIsDownDoesNot() throws Exception {
        rig.relay.down();
        get(deploy());
        rig.relay.listen();
        ClientRig.await(() -> rig.relay.logins.get() == 1);
        assertEcho(rig.connect(verticle.forwardPorts().get(0)));
    }

    private static JsonObject forward(int port, String server) {
        return new JsonObject().put("listen", port).put("server", server);
    }

    private JsonObject withForwards(JsonObject... forwards) {
        return new JsonObject().put("home", directory.toString()).put("forwards", new JsonArray(List.of(forwards)));
    }

    private void deploy(JsonObject config) throws Exception {
        var reached = new Deployable() {
            @Override
            public Future<?> deploy(Context context) throws Exception {
                own = context;
                return verticle.deploy(context);
            }

            @Override
            public Future<?> undeploy(Context context) throws Exception {
                return verticle.undeploy(context);
            }
        };
        get(rig.vertx.deployVerticle(reached, new DeploymentOptions().setConfig(config)));
    }

    /** As whoever has deployed it does. */
    private Future<Void> reload(JsonObject config) {
        Promise<Void> taken = Promise.promise();
        own.runOnContext(v -> Future.succeededFuture()
                .compose(now -> verticle.reload(config).<Void>mapEmpty())
                .onComplete(taken));
        return taken.future();
    }

    private Throwable refusal(JsonObject config) {
        return assertThrows(ExecutionException.class, () -> get(reload(config))).getCause();
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void assertNobodyListens(int port) {
        ClientRig.await(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return !socket.isConnected();
            } catch (IOException e) {
                return true;
            }
        });
    }

    @Test
    void forwardsComeAndGoAndNoTunnelEndsForIt() throws Exception {
        int kept = free();
        int added = free();
        int removed = free();
        deploy(withForwards(forward(kept, "web"), forward(removed, "web")));
        Socket onKept = rig.connect(kept);
        Socket onRemoved = rig.connect(removed);
        assertEcho(onKept);
        assertEcho(onRemoved);
        get(reload(withForwards(forward(added, "web"), forward(kept, "web"))));
        assertEquals(List.of(added, kept), verticle.forwardPorts());
        assertEcho(rig.connect(added));
        assertNobodyListens(removed);
        assertEcho(onKept);
        assertEcho(onRemoved);
        onRemoved.shutdownOutput();
        assertEquals(-1, onRemoved.getInputStream().read());
        assertEcho(rig.connect(kept));
        get(reload(withForwards(forward(removed, "web"))));
        assertEcho(rig.connect(removed));
        assertEcho(onKept);
    }

    @Test
    void aPortThatLeadsElsewhereStaysOpen() throws Exception {
        var mail = new ServerId("mail");
        rig.relay.servers.put(mail, FakeSkeleton.serving(rig.psk, Outcome.REFUSED, FakeSkeleton::echo));
        SecretFiles.create(new RelayHome(directory).psk(mail), rig.psk.format() + "\n");
        int port = free();
        deploy(withForwards(forward(port, "web")));
        Socket before = rig.connect(port);
        assertEcho(before);
        get(reload(withForwards(forward(port, "mail"))));
        assertThrows(
                SocketException.class, () -> rig.connect(port).getInputStream().readNBytes(1));
        assertEcho(before);
    }

    /** One port that is in use, and nothing changes, also not the others. */
    @Test
    void aPortInUseIsAnErrorThatLeavesTheRest() throws Exception {
        int kept = free();
        int added = free();
        deploy(withForwards(forward(kept, "web")));
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int used = other.getLocalPort();
            JsonObject wanted = withForwards(forward(added, "web"), forward(used, "web"));
            String message = refusal(wanted).getMessage();
            assertTrue(message.startsWith("cannot listen on 127.0.0.1:" + used + ": "), message);
            assertEquals(List.of(kept), verticle.forwardPorts());
            assertNobodyListens(added);
            assertEcho(rig.connect(kept));
            other.close();
            get(reload(wanted));
            assertEcho(rig.connect(added));
            assertEcho(rig.connect(used));
        }
    }

    @Test
    void theProxyPortComesAndGoesAndChangesItsPassword() throws Exception {
        JsonObject without = withForwards(forward(0, "web"));
        deploy(without);
        int forward = verticle.forwardPorts().get(0);
        JsonObject with = without.copy().put("socks", new JsonObject().put("port", free()));
        get(reload(with));
        assertEquals(List.of(forward), verticle.forwardPorts());
        assertEquals("0500", firstReply(verticle.socksPort(), 5, 1, 0));
        with.getJsonObject("socks")
                .put("user", "app")
                .put("passwordFile", directory.resolve("proxy.password").toString());
        get(reload(with));
        assertEquals("05ff", firstReply(verticle.socksPort(), 5, 1, 0));
        assertEquals("0502", firstReply(verticle.socksPort(), 5, 1, 2));
        int port = verticle.socksPort();
        get(reload(without));
        assertEquals(0, verticle.socksPort());
        assertNobodyListens(port);
    }

    private String firstReply(int port, int... request) throws IOException {
        Socket app = rig.connect(port);
        for (int value : request) {
            app.getOutputStream().write(value);
        }
        return java.util.HexFormat.of().formatHex(app.getInputStream().readNBytes(2));
    }

    @Test
    void whatCannotReloadSaysSo() throws Exception {
        deploy(withForwards(forward(0, "web")));
        JsonObject wanted = withForwards()
                .put("relay", "other")
                .put("user", "bob")
                .put("warmLegs", 7)
                .put("ahead", 1);
        var e = assertInstanceOf(SettingsException.class, refusal(wanted));
        assertEquals(
                List.of("ahead", "relay", "user", "warmLegs"),
                e.problems().stream().map(SettingsProblem::path).sorted().toList());
        e.problems().forEach(problem -> assertEquals(Reloadable.FIXED, problem.message()));
        assertEquals(1, verticle.forwardPorts().size());
    }

    /** Of connections that no tunnel ends, too. */
    @Test
    void theEndOfTheClientIsTheEndOfPortsThatWereTakenAway() throws Exception {
        Deadlines d = Deadlines.DEFAULT;
        verticle = new ClientVerticle(new Deadlines(
                d.answer(),
                d.opened(),
                d.result(),
                d.outage(),
                d.page(),
                d.warmLife(),
                d.young(),
                d.retry(),
                Duration.ofHours(1),
                d.frequent(),
                d.aheadLife()));
        deploy(withForwards().put("socks", new JsonObject().put("port", 0)));
        Socket negotiating = rig.connect(verticle.socksPort());
        negotiating.getOutputStream().write(new byte[] {5, 1, 0});
        assertEquals(5, negotiating.getInputStream().read());
        get(reload(withForwards()));
        negotiating.getOutputStream().write(new byte[] {5, 1});
        get(rig.vertx.undeploy(own.deploymentID()));
        assertThrows(SocketException.class, () -> negotiating.getInputStream().readNBytes(2));
    }
}
