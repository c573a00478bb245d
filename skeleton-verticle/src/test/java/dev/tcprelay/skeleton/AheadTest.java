package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Legs whose START said ahead: message 2 may come much later, and not after the id was withdrawn (M76). */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class AheadTest {
    private static final TargetRequest DEFAULT = TargetRequest.defaultTarget();

    private Rig rig;
    private FakeControl control;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory).timing(Rig.quick(Duration.ofMinutes(8), Duration.ofSeconds(5)));
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private FakeClient answer(FakeLeg leg, byte[] message1) throws Exception {
        return FakeClient.answer(leg, message1, Rig.WEB, rig.psk, DEFAULT);
    }

    /** And a spare takes its place at once. */
    @Test
    void theTargetIsTheOneOfTheTimeOfMessage2() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        byte[] message1 = leg.start(true);
        rig.relay.leg().accept();
        try (FakeServer other = new FakeServer(50)) {
            Rig.await(rig.reload(rig.web.copy().put("target", "127.0.0.1:" + other.port())));
            assertEquals(Outcome.OK, answer(leg, message1).result());
            other.accept();
        }
    }

    @Test
    void withdrawnByTheHealthCheckItIsClosed() throws Exception {
        control = rig.serve();
        FakeLeg leg = rig.relay.leg();
        leg.start(true);
        rig.server.stopListening();
        Rig.await(rig.reload(rig.web.copy().put("health", new JsonObject().put("interval", "1h"))));
        control.next(Unregister.class);
        assertTrue(Wires.endsSilently(leg.socket()));
    }

    @Test
    void servedByAnotherItIsClosed() throws Exception {
        control = rig.serve();
        FakeLeg leg = rig.relay.leg();
        leg.start(true);
        control.registered(Rig.WEB, Status.IN_USE);
        assertTrue(Wires.endsSilently(leg.socket()));
    }

    @Test
    void withAnotherPskItIsClosed() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        leg.start(true);
        replacePsk();
        assertTrue(Wires.endsSilently(leg.socket()));
    }

    private void replacePsk() throws IOException {
        Files.delete(rig.home.psk(Rig.WEB));
        SecretFiles.create(rig.home.psk(Rig.WEB), Psk.generate(rig.random).format() + "\n");
    }

    /** START and the change of the psk are known to two threads, in any order. */
    @Test
    void givenAwayWhileThePskChangesItIsClosed() throws Exception {
        rig.serve();
        for (int i = 0; i < 60; i++) {
            FakeLeg leg = rig.relay.leg();
            replacePsk();
            Future<?> changed = rig.reload(rig.web);
            leg.start(true);
            Rig.await(changed);
            assertTrue(Wires.endsSilently(leg.socket()), "after " + i + " others");
        }
    }

    /** Neither one whose client has shown the psk, nor one whose client is about to. */
    @Test
    void whatIsInUseStays() throws Exception {
        control = rig.serve();
        FakeLeg used = rig.relay.leg();
        FakeClient client = answer(used, used.start(true));
        assertEquals(Outcome.OK, client.result());
        Socket server = rig.server.accept();
        FakeLeg needed = rig.relay.leg();
        byte[] message1 = needed.start(false);
        control.registered(Rig.WEB, Status.IN_USE);
        assertEquals(Outcome.OK, answer(needed, message1).result());
        server.getOutputStream().write(7);
        assertArrayEquals(new byte[] {(byte) TunnelRecord.DATA.type(), 7}, client.receive());
    }

    /** START stands right behind OK when a client waits for the leg already: then it is no spare that is left over. */
    @Test
    void whatIsAttachedTooLateAndHasAClientStays() throws Exception {
        control = rig.serve();
        FakeLeg late = rig.relay.leg();
        control.registered(Rig.WEB, Status.IN_USE);
        rig.logged(Level.WARN, "web is not served");
        late.startAtOnce();
        assertEquals(Outcome.OK, answer(late, late.message1()).result());
    }
}
