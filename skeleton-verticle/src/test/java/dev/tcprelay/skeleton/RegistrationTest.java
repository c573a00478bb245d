package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.tcprelay.channel.RelayException;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.KnownRelays;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.SocketTimeoutException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Starting, registering, and keeping spares. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class RegistrationTest {
    private Rig rig;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private Throwable failure(Future<String> deployed) {
        return assertThrows(ExecutionException.class, () -> Rig.await(deployed)).getCause();
    }

    @Test
    void logsInAsTheUserOfTheLoginAndRegistersEveryId() throws Exception {
        rig.web.put("mode", "exclusive");
        Future<String> deployed = rig.deploy();
        FakeControl control = rig.relay.session();
        assertEquals(new UserName("alice"), control.claim().name());
        Register register = control.answer(Status.AVAILABLE);
        assertEquals(new Register(Rig.WEB, Mode.EXCLUSIVE), register);
        Rig.await(deployed);
        FakeLeg leg = rig.relay.leg();
        assertEquals(Attach.spare(Rig.WEB), leg.attach());
        assertEquals(50, leg.accept().message1().length);
        rig.logged(Level.INFO, "serving web");
    }

    @Test
    void theNumberOfSparesIsKept() throws Exception {
        rig.timing(Rig.quick(Duration.ofMinutes(8), Duration.ofMinutes(1)));
        rig.web.put("spares", 3);
        rig.serve();
        FakeLeg first = rig.relay.leg();
        rig.relay.leg().accept();
        rig.relay.leg().accept();
        assertNull(rig.relay.legs.poll());
        byte[] message1 = first.start();
        FakeLeg fourth = rig.relay.leg().accept();
        assertFresh(message1, fourth.message1());
    }

    /** Every leg has a message 1 of its own: a client's answer to one is worth nothing on another. */
    private static void assertFresh(byte[] one, byte[] other) {
        assertEquals(one.length, other.length);
        assertThrows(AssertionError.class, () -> assertArrayEquals(one, other));
    }

    @Test
    void aSpareThatTheRelayClosesIsReplaced() throws Exception {
        rig.serve();
        FakeLeg first = rig.relay.leg().accept();
        byte[] message1 = first.message1();
        first.socket().shutdownOutput();
        assertTrue(Wires.endsSilently(first.socket()));
        FakeLeg second = rig.relay.leg().accept();
        assertFresh(message1, second.message1());
    }

    @Test
    void sparesThatAreClosedAgainAndAgainAreNotReplacedInAStorm() throws Exception {
        rig.serve();
        long begun = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            rig.relay.leg().accept().socket().close();
        }
        // Five random waits of up to 250 ms, 500 ms, 1 s, 2 s and 4 s. That they are 100 ms in all does not happen.
        assertTrue(System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void aSpareGetsItsSuccessorBeforeItIsClosed() throws Exception {
        rig.timing(Rig.quick(Duration.ofMillis(300), Duration.ofMillis(50)));
        rig.serve();
        FakeLeg first = rig.relay.leg().accept();
        first.message1();
        FakeLeg second = rig.relay.leg().accept();
        assertEquals(Attach.spare(Rig.WEB), second.attach());
        first.socket().setSoTimeout(1);
        assertThrows(
                SocketTimeoutException.class,
                () -> first.socket().getInputStream().read());
        first.socket().setSoTimeout(Wires.MILLIS);
        assertTrue(Wires.endsSilently(first.socket()));
    }

    @Test
    void needIsAnsweredByALegWithItsTokenAndNode() throws Exception {
        rig.web.put("spares", 0);
        FakeControl control = rig.serve();
        var need = new Need(Rig.WEB, Token.random(rig.random), NodeId.random(rig.random));
        control.send(need);
        FakeLeg answer = rig.relay.leg();
        assertEquals(Attach.answer(Rig.WEB, need.node(), need.token()), answer.attach());
        assertEquals(50, answer.start().length);
    }

    @Test
    void aNeedForAnIdThatIsNotServedIsIgnored() throws Exception {
        rig.web.put("spares", 0);
        FakeControl control = rig.serve();
        var other = new dev.tcprelay.protocol.files.ServerId("mail");
        control.send(new Need(other, Token.random(rig.random), NodeId.random(rig.random)));
        var need = new Need(Rig.WEB, Token.random(rig.random), NodeId.random(rig.random));
        control.send(need);
        assertEquals(need.token(), rig.relay.leg().attach().token());
    }

    @Test
    void aLostSessionIsReplacedAndRegistersAgain() throws Exception {
        FakeControl control = rig.serve();
        rig.relay.leg().accept();
        control.socket().close();
        FakeControl again = rig.relay.session();
        again.answer(Status.AVAILABLE);
        assertEquals(Rig.WEB, rig.served.poll(Wires.MILLIS, TimeUnit.MILLISECONDS));
    }

    @Test
    void noSparesAreOpenedWhileTheSessionIsLost() throws Exception {
        FakeControl control = rig.serve();
        FakeLeg spare = rig.relay.leg().accept();
        control.socket().close();
        rig.logged(Level.WARN, "lost the relay");
        spare.socket().close();
        FakeControl again = rig.relay.session();
        again.next(Register.class);
        assertNull(rig.relay.legs.poll());
        again.registered(Rig.WEB, Status.AVAILABLE);
        assertEquals(Attach.spare(Rig.WEB), rig.relay.leg().attach());
    }

    @Test
    void aForbiddenIdIsWarnedOfOnceAndTriedAgain() throws Exception {
        Future<String> deployed = rig.deploy();
        FakeControl control = rig.relay.session();
        control.answer(Status.FORBIDDEN);
        Rig.await(deployed);
        String warning = rig.logged(Level.WARN, "web is not served").getFormattedMessage();
        assertTrue(warning.contains("serve=web"), warning);
        control.answer(Status.FORBIDDEN);
        control.answer(Status.IN_USE);
        assertTrue(rig.logged(Level.WARN, "web is not served")
                .getFormattedMessage()
                .contains("another account"));
        control.answer(Status.AVAILABLE);
        rig.logged(Level.INFO, "serving web");
        assertEquals(Attach.spare(Rig.WEB), rig.relay.leg().attach());
    }

    @Test
    void anExclusiveIdThatIsInUseIsWarnedOfOnceHoweverOftenItIsTried() throws Exception {
        rig.web.put("mode", "exclusive");
        Future<String> deployed = rig.deploy();
        FakeControl control = rig.relay.session();
        for (int i = 0; i < 4; i++) {
            control.answer(Status.IN_USE);
        }
        Rig.await(deployed);
        control.answer(Status.AVAILABLE);
        ILoggingEvent only = rig.logged(Level.WARN, "web is not served");
        assertTrue(only.getFormattedMessage().contains("wants it exclusively"), only::getFormattedMessage);
        rig.logged(Level.INFO, "serving web");
        assertEquals(0, rig.loggedTimes("not served"));
    }

    @Test
    void aWithdrawnIdIsTriedAgain() throws Exception {
        FakeControl control = rig.serve();
        rig.relay.leg().accept();
        control.registered(Rig.WEB, Status.WITHDRAWN);
        rig.logged(Level.WARN, "withdrawn");
        control.answer(Status.LIMIT);
        rig.logged(Level.WARN, "no more ids");
        control.answer(Status.AVAILABLE);
        rig.logged(Level.INFO, "serving web");
    }

    @Test
    void refusedCredentialsFailTheStart() throws Exception {
        rig.relay.refusing = true;
        RelayException e = assertInstanceOf(RelayException.class, failure(rig.deploy()));
        assertEquals(RelayException.Kind.REFUSED, e.kind());
    }

    @Test
    void anotherKeyFailsTheStart() throws Exception {
        rig.relay.key = KeyPair.generate(rig.random);
        RelayException e = assertInstanceOf(RelayException.class, failure(rig.deploy()));
        assertEquals(RelayException.Kind.WRONG_KEY, e.kind());
    }

    @Test
    void aRelayThatCannotBeReachedDoesNotHoldUpTheStart() throws Exception {
        rig.relay.close();
        Rig.await(rig.deploy());
        rig.logged(Level.WARN, "is being tried");
    }

    @Test
    void aPskThatOthersCanReadFailsTheStartAndNamesFileAndFix() throws Exception {
        Path file = rig.home.psk(Rig.WEB);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        String message = assertInstanceOf(FileSystemException.class, failure(rig.deploy()))
                .getMessage();
        assertTrue(message.contains(file.toString()) && message.contains("chmod"), message);
    }

    @Test
    void aMissingOrWrongPskFailsTheStartAndSaysHowToMakeOne() throws Exception {
        Path file = rig.home.psk(Rig.WEB);
        Files.writeString(file, "correct horse battery staple");
        String wrong = failure(rig.deploy()).getMessage();
        assertTrue(wrong.contains(file.toString()) && !wrong.contains("horse"), wrong);
        Files.delete(file);
        String missing = failure(rig.deploy()).getMessage();
        assertTrue(missing.contains(file.toString()) && missing.contains("relay psk new web"), missing);
    }

    @Test
    void everyProblemOfTheConfigIsReported() {
        var servers = new JsonArray()
                .add(new JsonObject().put("id", "Web").put("target", "here:0").put("spares", 65))
                .add(rig.web)
                .add(rig.web.copy().put("connectTimeout", "8s").put("mod", "group"));
        SettingsException e = assertInstanceOf(SettingsException.class, failure(rig.deploy(servers)));
        assertEquals(6, e.problems().size(), e.getMessage());
        assertInstanceOf(SettingsException.class, failure(rig.deploy(new JsonArray())));
    }

    @Test
    void anAnnouncedKeyIsPinnedAsTheNextOneAndThenBecomesTheKey() throws Exception {
        KeyPair next = KeyPair.generate(rig.random);
        rig.relay.announced = PublicKey.of(next);
        FakeControl control = rig.serve();
        rig.logged(Level.INFO, "up to date again");
        assertEquals(PublicKey.of(next), pinned().nextKey());
        rig.relay.announced = null;
        rig.relay.key = next;
        control.socket().close();
        rig.relay.session().answer(Status.AVAILABLE);
        rig.logged(Level.INFO, "up to date again");
        assertEquals(PublicKey.of(next), pinned().key());
        assertNull(pinned().nextKey());
        assertNotEquals(rig.known.key(), pinned().key());
    }

    private KnownRelay pinned() throws Exception {
        return KnownRelays.parse(Files.readString(rig.home.knownRelays()))
                .find("fake")
                .orElseThrow();
    }

    @Test
    void stoppingSaysGoodbyeAndClosesTheSpares(Vertx vertx) throws Exception {
        Future<String> deployed = rig.deploy();
        FakeControl control = rig.relay.session();
        control.answer(Status.AVAILABLE);
        FakeLeg spare = rig.relay.leg().accept();
        spare.message1();
        rig.logged(Level.INFO, "serving web");
        Future<Void> stopped = vertx.undeploy(Rig.await(deployed));
        control.next(ControlMessage.Bye.class);
        control.socket().close();
        assertTrue(Wires.endsSilently(spare.socket()));
        spare.socket().close();
        Rig.await(stopped);
    }
}
