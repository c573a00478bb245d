package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.channel.RelayException;
import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Outcome;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
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
    private final ClientVerticle verticle = new ClientVerticle();

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
}
