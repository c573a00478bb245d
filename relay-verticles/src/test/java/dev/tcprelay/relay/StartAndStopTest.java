package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with which a node does not start, tables that it does not take, and how it ends (M52, M53). */
@ExtendWith(VertxExtension.class)
class StartAndStopTest {
    private Relay relay;

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @BeforeEach
    void files(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory);
    }

    private void refuses(String... texts) {
        String message =
                String.valueOf(assertThrows(IOException.class, relay::start).getMessage());
        for (String text : texts) {
            assertTrue(message.contains(text), message);
        }
    }

    private static String with(byte[] key) {
        return "mallory x25519:" + Base64.getEncoder().encodeToString(key) + " connect=*\n";
    }

    static Stream<String> wrongTables() {
        byte[] one = new byte[32];
        one[0] = 1;
        String good = Relay.line("frank", KeyPair.generate(Relay.RANDOM), "connect=*");
        return Stream.of(
                with(new byte[32]),
                with(one),
                with(new byte[31]),
                with(new byte[33]),
                "mallory x25519:not/base64 connect=*\n",
                "mallory\n",
                "Mallory x25519:" + "A".repeat(43) + "=\n",
                good + good,
                good + good.replace("frank", "other"),
                good.replace("connect=*", "connect=[a]"));
    }

    @ParameterizedTest
    @MethodSource("wrongTables")
    void aWrongUsersFileStopsTheStartAndIsNotTakenLater(String wrong) throws Exception {
        relay.users(Relay.USERS + wrong);
        refuses("users:" + (wrong.lines().count() + 4));
        relay.users(Relay.USERS);
        relay.start();
        String hash = relay.node().accounts().hash();
        relay.users(wrong);
        Relay.until(() -> relay.node().counters().usersRefused.sum() == 1);
        relay.client().login("alice", Relay.ALICE).close();
        assertEquals(hash, relay.node().accounts().hash());
        relay.reload(Relay.line("alice", Relay.ALICE, "connect=web"));
    }

    @Test
    void theRelaysOwnKeyIsNoUsersKey() throws Exception {
        relay.users(Relay.USERS + Relay.line("mallory", relay.key, "connect=*"));
        refuses("users:5", "relay's own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw-r--r--", "rw-rw----", "rw----r--"})
    void secretsThatOthersCanReadAreRefused(String mode) throws Exception {
        for (String name : List.of("relay.key", "users")) {
            Path file = relay.directory.resolve(name);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            refuses(file.toString(), "chmod 600");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        relay.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay.key", "relay.pem", "users"})
    void aMissingFileIsNamed(String name) throws Exception {
        Path file = relay.directory.resolve(name);
        Files.delete(file);
        refuses(file.toString());
    }

    @Test
    void aPemOfAnotherKeyIsRefused(Vertx vertx, @TempDir Path other) throws Exception {
        Files.writeString(relay.directory.resolve("relay.pem"), new Relay(vertx, other).pem());
        refuses("relay.pem", "relay.key");
    }

    @Test
    void undeployingSaysByeToSessionsAndFreesThePorts() throws Exception {
        relay.instances(2).start();
        List<Peer> sessions = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sessions.add(relay.client().login("alice", Relay.ALICE));
            sessions.add(relay.skeleton().login("bob", Relay.BOB));
        }
        Peer stranger = relay.client();
        int[] ports = {relay.port(Role.CLIENT), relay.port(Role.SKELETON), relay.httpPort()};
        var stopped = java.util.concurrent.CompletableFuture.runAsync(() -> {
            try {
                relay.stop();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        for (Peer session : sessions) {
            assertNotNull(session.hear(Bye.class));
            assertEquals(-1, session.socket.getInputStream().read(), "an end, not a reset");
            session.close();
        }
        assertEquals(0, stranger.rest().length);
        stopped.get();
        for (int port : ports) {
            assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", port).close(), "port " + port);
        }
        assertEquals(0, relay.node().sessions().size());
    }

    @Test
    void aPortThatIsTakenFailsTheStart(Vertx vertx, @TempDir Path other) throws Exception {
        relay.start();
        var config = new Relay(vertx, other).options().getConfig();
        config.getJsonObject("http").put("port", relay.httpPort());
        var options = new io.vertx.core.DeploymentOptions().setConfig(config);
        assertThrows(IOException.class, () -> Relay.await(vertx.deployVerticle(new RelayVerticle(), options)));
    }
}
