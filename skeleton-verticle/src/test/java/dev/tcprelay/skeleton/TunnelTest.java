package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.CloseCode;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A leg from START on: what a client may cause, and what it may not. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class TunnelTest {
    private static final TargetRequest DEFAULT = TargetRequest.defaultTarget();
    private Rig rig;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private FakeClient client(TargetRequest target) throws Exception {
        return FakeClient.open(rig.relay.leg(), Rig.WEB, rig.psk, target);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void bytesFlowBothWaysAndEitherSideMayEndFirst() throws Exception {
        rig.serve();
        FakeClient client = client(DEFAULT);
        Socket target = rig.server.accept();
        assertEquals(Outcome.OK, client.result());
        client.send(TunnelRecord.DATA, text("request"));
        client.end();
        assertArrayEquals(text("request"), target.getInputStream().readAllBytes());
        byte[] reply = new byte[3 << 20];
        new Random(1).nextBytes(reply);
        var writing = new Thread(() -> {
            try {
                target.getOutputStream().write(reply);
                target.shutdownOutput();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writing.start();
        assertArrayEquals(reply, client.receiveAll());
        writing.join();
        String line = rig.logged(Level.INFO, "tunnel ").getFormattedMessage();
        assertTrue(line.contains("finished, 7 bytes to the server, " + reply.length + " bytes to the client"), line);
    }

    @Test
    void theServerMayEndFirst() throws Exception {
        rig.serve();
        FakeClient client = client(DEFAULT);
        Socket target = rig.server.accept();
        target.getOutputStream().write(text("greeting"));
        target.shutdownOutput();
        assertEquals(Outcome.OK, client.result());
        assertArrayEquals(text("greeting"), client.receiveAll());
        client.send(TunnelRecord.DATA, text("late"));
        client.end();
        assertArrayEquals(text("late"), target.getInputStream().readAllBytes());
    }

    @Test
    void whatTheClientSendsAheadOfResultArrives() throws Exception {
        rig.serve();
        FakeClient client = client(DEFAULT);
        client.send(TunnelRecord.DATA, text("early"));
        client.end();
        Socket target = rig.server.accept();
        assertArrayEquals(text("early"), target.getInputStream().readAllBytes());
        target.close();
        assertEquals(Outcome.OK, client.result());
        assertEquals(0, client.receiveAll().length);
    }

    @Test
    void aResetOfTheServerIsCloseAborted() throws Exception {
        rig.serve();
        FakeClient client = client(DEFAULT);
        Socket target = rig.server.accept();
        assertEquals(Outcome.OK, client.result());
        target.setSoLinger(true, 0);
        target.close();
        assertArrayEquals(new byte[] {(byte) TunnelRecord.CLOSE.type(), CloseCode.ABORTED.code()}, client.receive());
        rig.logged(Level.INFO, "reset by the server");
    }

    @Test
    void anAbortOfTheClientResetsTheServer() throws Exception {
        rig.serve();
        FakeClient client = client(DEFAULT);
        Socket target = rig.server.accept();
        assertEquals(Outcome.OK, client.result());
        client.send(TunnelRecord.CLOSE, CloseCode.ABORTED.code());
        assertThrows(IOException.class, () -> target.getInputStream().readAllBytes());
        rig.logged(Level.INFO, "reset from the client's side");
    }

    /** Only the code crosses the wire: RESULT is its one byte, and the leg ends after it. */
    @Test
    void aTargetThatRefusesIsResultRefusedAndNothingElse() throws Exception {
        rig.serve();
        rig.server.stopListening();
        FakeLeg leg = rig.relay.leg();
        FakeClient client = FakeClient.open(leg, Rig.WEB, rig.psk, DEFAULT);
        assertEquals(Outcome.REFUSED, client.result());
        assertTrue(Wires.endsSilently(leg.socket()));
        rig.logged(Level.INFO, "could not be reached (REFUSED)");
    }

    @Test
    void aTargetThatDoesNotAnswerIsResultTimedOut() throws Exception {
        try (var full = new FakeServer(1)) {
            full.fillBacklog();
            rig.web.put("target", "127.0.0.1:" + full.port()).put("connectTimeout", "300ms");
            rig.serve();
            assertEquals(Outcome.TIMED_OUT, client(DEFAULT).result());
        }
    }

    @Test
    void aTargetWithoutAnAddressIsResultUnreachable() throws Exception {
        rig.web.put("target", "no-such-host.invalid:80");
        rig.serve();
        Outcome outcome = client(DEFAULT).result();
        assertTrue(outcome == Outcome.UNREACHABLE || outcome == Outcome.TIMED_OUT, outcome.toString());
    }

    @Test
    void aNamedTargetIsDeniedAndNeverDialled() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        var named = TargetRequest.to(new HostPort("127.0.0.1", rig.server.port()));
        assertEquals(
                Outcome.DENIED, FakeClient.open(leg, Rig.WEB, rig.psk, named).result());
        assertTrue(Wires.endsSilently(leg.socket()));
        rig.server.assertNeverDialled();
    }

    /** A client without the psk sends a message 2 of its own making. */
    @Test
    void withARandomMessage2TheTargetIsNeverDialled() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        leg.start();
        byte[] message2 = new byte[322];
        new Random(2).nextBytes(message2);
        message2[0] = 1;
        message2[1] = 64;
        assertRefused(leg, message2);
    }

    @Test
    void withAnEmptyOrOverlongMessage2TheTargetIsNeverDialled() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        leg.start();
        assertRefused(leg, new byte[] {(byte) 0xff, (byte) 0xff, 1});
    }

    @Test
    void message1ReflectedAsMessage2IsRefusedAndTheTargetNeverDialled() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        assertRefused(leg, leg.start());
        FakeLeg padded = rig.relay.leg();
        byte[] message2 = new byte[322];
        byte[] message1 = padded.start();
        System.arraycopy(message1, 2, message2, 2, message1.length - 2);
        message2[0] = 1;
        message2[1] = 64;
        assertRefused(padded, message2);
    }

    @Test
    void messagesAndRecordsOfOneTunnelReplayedOnAnotherSpareAreRefusedAndTheTargetIsNotDialled() throws Exception {
        rig.serve();
        FakeClient client = client(DEFAULT);
        Socket target = rig.server.accept();
        assertEquals(Outcome.OK, client.result());
        client.send(TunnelRecord.DATA, text("pay 100"));
        client.end();
        assertArrayEquals(text("pay 100"), target.getInputStream().readAllBytes());
        FakeLeg leg = rig.relay.leg();
        leg.start();
        assertRefused(leg, client.sent.toByteArray());
    }

    @Test
    void theSamePskForAnotherIdIsRefused() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        byte[] message1 = leg.start();
        var other = new dev.tcprelay.protocol.wire.EndToEndResponder(
                new ServerId("mail"), java.util.List.of(rig.psk), rig.random);
        assertThrows(
                dev.tcprelay.protocol.noise.AuthenticationException.class,
                () -> other.answer(java.util.Arrays.copyOfRange(message1, 2, message1.length), DEFAULT));
        assertRefused(leg, new byte[322]);
    }

    private void assertRefused(FakeLeg leg, byte[] message2) throws Exception {
        Wires.write(leg.socket(), message2);
        assertTrue(Wires.endsSilently(leg.socket()));
        rig.logged(Level.INFO, "has not shown the psk");
        rig.server.assertNeverDialled();
    }

    @Test
    void aClientThatSendsNoMessage2IsGivenUp() throws Exception {
        rig.timing(Rig.quick(Duration.ofMinutes(8), Duration.ofSeconds(10)));
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        leg.start();
        assertTrue(Wires.endsSilently(leg.socket()));
        rig.server.assertNeverDialled();
    }

    @Test
    void anotherPskThanTheSkeletonsOpensNothing() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        assertThrows(
                dev.tcprelay.protocol.noise.AuthenticationException.class,
                () -> FakeClient.open(leg, Rig.WEB, Psk.generate(rig.random), DEFAULT));
        leg.socket().close();
        rig.logged(Level.INFO, "has not shown the psk");
        rig.server.assertNeverDialled();
    }

    /** Guards: the server saw a clean end, as if the client had sent nothing on purpose. */
    @Test
    void aClientThatLeavesWhileTheTargetIsDialledResetsIt() throws Exception {
        rig.serve();
        FakeLeg leg = rig.relay.leg();
        FakeClient client = FakeClient.open(leg, Rig.WEB, rig.psk, DEFAULT);
        client.send(TunnelRecord.CLOSE, CloseCode.ABORTED.code());
        Socket target = rig.server.accept();
        assertThrows(IOException.class, () -> target.getInputStream().read());
        rig.logged(Level.INFO, "tunnel ");
    }

    @Test
    void aFloodSentAheadIsNotBufferedWithoutBound() throws Exception {
        try (var full = new FakeServer(1)) {
            full.fillBacklog();
            rig.web.put("target", "127.0.0.1:" + full.port());
            rig.serve();
            FakeLeg leg = rig.relay.leg();
            FakeClient client = FakeClient.open(leg, Rig.WEB, rig.psk, DEFAULT);
            var flood = new Thread(() -> {
                byte[] much = new byte[60_000];
                try {
                    for (int i = 0; i < 2000; i++) {
                        client.send(TunnelRecord.DATA, much);
                    }
                } catch (IOException e) {
                    // The leg is closed when the target has not answered.
                }
            });
            flood.start();
            assertEquals(Outcome.TIMED_OUT, client.result());
            assertTrue(client.sent.size() < 100_000_000, "all of it was taken: " + client.sent.size());
            leg.socket().close();
            flood.join();
        }
    }

    @Test
    void aTunnelGoesOnWhenTheSessionIsLost() throws Exception {
        FakeControl control = rig.serve();
        FakeClient client = client(DEFAULT);
        Socket target = rig.server.accept();
        assertEquals(Outcome.OK, client.result());
        control.socket().close();
        rig.logged(Level.WARN, "lost the relay");
        client.send(TunnelRecord.DATA, text("still here"));
        client.end();
        assertArrayEquals(text("still here"), target.getInputStream().readAllBytes());
        target.close();
        assertEquals(0, client.receiveAll().length);
    }
}
