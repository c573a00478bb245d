package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.channel.SettingsProblem;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Another config, and other psks, while it runs. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ReloadTest {
    private static final ServerId MAIL = new ServerId("mail");
    private static final TargetRequest DEFAULT = TargetRequest.defaultTarget();

    private final Psk mailPsk = Psk.generate(new java.security.SecureRandom());
    private Rig rig;
    private JsonObject mail;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory).timing(Rig.quick(Duration.ofMinutes(8), Duration.ofSeconds(5)));
        mail = new JsonObject().put("id", "mail").put("target", "127.0.0.1:1").put("spares", 0);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void makeMailPsk() throws Exception {
        SecretFiles.create(rig.home.psk(MAIL), mailPsk.format() + "\n");
    }

    private FakeClient tunnel(Psk psk) throws Exception {
        return FakeClient.open(rig.relay.leg(), Rig.WEB, psk, DEFAULT);
    }

    private Throwable failure(Future<?> reload) {
        return assertThrows(ExecutionException.class, () -> Rig.await(reload)).getCause();
    }

    @Test
    void serversComeAndGoAndTunnelsGoOn() throws Exception {
        FakeControl control = rig.serve();
        FakeClient client = tunnel(rig.psk);
        assertEquals(Outcome.OK, client.result());
        Socket server = rig.server.accept();
        makeMailPsk();
        Rig.await(rig.reload(mail));
        assertEquals(Rig.WEB, control.next(Unregister.class).id());
        assertEquals(MAIL, control.answer(Status.AVAILABLE).id());
        rig.logged(Level.INFO, "web is served no more");
        rig.logged(Level.INFO, "serving mail from 127.0.0.1:1");
        client.send(TunnelRecord.DATA, (byte) 1);
        assertEquals(1, server.getInputStream().read());
        server.getOutputStream().write(2);
        assertArrayEquals(new byte[] {(byte) TunnelRecord.DATA.type(), 2}, client.receive());
        Rig.await(rig.reload(mail, rig.web));
        assertEquals(Rig.WEB, control.answer(Status.AVAILABLE).id());
    }

    @Test
    void anotherTargetIsForTheNextClients() throws Exception {
        rig.serve();
        try (FakeServer other = new FakeServer(50)) {
            FakeClient client = tunnel(rig.psk);
            assertEquals(Outcome.OK, client.result());
            Socket server = rig.server.accept();
            // This spare waits already; it needs no successor to lead to the other target.
            FakeLeg spare = rig.relay.leg();
            Rig.await(rig.reload(rig.web.copy().put("target", "127.0.0.1:" + other.port())));
            assertEquals(
                    Outcome.OK,
                    FakeClient.open(spare, Rig.WEB, rig.psk, DEFAULT).result());
            other.accept();
            client.send(TunnelRecord.DATA, (byte) 1);
            assertEquals(1, server.getInputStream().read());
        }
    }

    @Test
    void theNumberOfSparesAndTheModeChange() throws Exception {
        FakeControl control = rig.serve();
        rig.relay.leg().accept();
        Rig.await(rig.reload(rig.web.copy().put("spares", 3)));
        rig.relay.leg().accept();
        rig.relay.leg().accept();
        Rig.await(rig.reload(rig.web.copy().put("spares", 3).put("mode", "exclusive")));
        assertEquals(new Register(Rig.WEB, Mode.EXCLUSIVE), control.next(Register.class));
        control.registered(Rig.WEB, Status.IN_USE);
        rig.logged(Level.WARN, "web is not served: another account");
    }

    @Test
    void aHealthCheckComesAndGoes() throws Exception {
        FakeControl control = rig.serve();
        rig.server.stopListening();
        Rig.await(rig.reload(rig.web.copy().put("health", new JsonObject().put("interval", "1h"))));
        assertEquals(Rig.WEB, control.next(Unregister.class).id());
        Rig.await(rig.reload(rig.web));
        assertEquals(Rig.WEB, control.answer(Status.AVAILABLE).id());
    }

    @Test
    void whatCannotChangeIsRefusedAndNothingChanges() throws Exception {
        FakeControl control = rig.serve();
        JsonObject config = new JsonObject()
                .put("home", rig.home.directory().resolve("other").toString())
                .put("relay", "another")
                .put("user", "bob")
                .put("keyFile", "key")
                .put("servers", new JsonArray().add(rig.web.copy().put("mode", "exclusive")));
        var wrong = assertInstanceOf(SettingsException.class, failure(rig.reloadConfig(config)));
        assertEquals(
                List.of("relay", "home", "user", "keyFile"),
                wrong.problems().stream().map(SettingsProblem::path).toList());
        assertTrue(
                wrong.problems().stream().allMatch(problem -> problem.message().equals(Reloadable.FIXED)));
        wrong = assertInstanceOf(
                SettingsException.class, failure(rig.reload(rig.web.copy().put("taget", "x"))));
        assertEquals(
                "servers[0].taget",
                wrong.problems().stream().map(SettingsProblem::path).collect(Collectors.joining()));
        Rig.await(rig.reload(rig.web.copy().put("mode", "exclusive")));
        assertEquals(Mode.EXCLUSIVE, control.next(Register.class).mode());
    }

    @Test
    void aServerWithoutAPskIsRefusedUntilThereIsOne() throws Exception {
        FakeControl control = rig.serve();
        Throwable e = failure(rig.reload(mail));
        assertInstanceOf(FileSystemException.class, e);
        assertTrue(String.valueOf(e.getMessage()).contains("relay psk new mail"), e::getMessage);
        makeMailPsk();
        Rig.await(rig.reload(mail));
        assertEquals(Rig.WEB, control.next(Unregister.class).id());
        assertEquals(MAIL, control.answer(Status.AVAILABLE).id());
    }

    @Test
    void anotherPskIsForTheNextClients() throws Exception {
        rig.serve();
        FakeLeg old = rig.relay.leg().accept();
        old.message1();
        SecretFiles.replace(rig.home.psk(Rig.WEB), mailPsk.format() + "\n" + rig.psk.format() + "\n");
        rig.logged(Level.INFO, "web has another psk");
        assertTrue(Wires.endsSilently(old.socket()));
        assertEquals(Outcome.OK, tunnel(mailPsk).result());
    }

    @Test
    void aPskFileThatIsWrongIsLoggedOnceAndChangesNothing() throws Exception {
        rig.serve();
        Path file = rig.home.psk(Rig.WEB);
        SecretFiles.replace(file, "a passphrase\n");
        String message =
                rig.logged(Level.ERROR, "web keeps the psk that it has: ").getFormattedMessage();
        assertTrue(message.contains(file + ":1: "), message);
        Files.delete(file);
        message = rig.logged(Level.ERROR, "web keeps the psk").getFormattedMessage();
        assertTrue(message.contains("relay psk new web"), message);
        assertEquals(Outcome.OK, tunnel(rig.psk).result());
        SecretFiles.create(file, rig.psk.format() + "\n");
        SecretFiles.replace(file, mailPsk.format() + "\n");
        rig.logged(Level.INFO, "web has another psk");
        assertEquals(0, rig.loggedTimes("keeps the psk"));
    }
}
