package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a session comes back, when it gives up, and in which order it changes connections. */
@Timeout(60)
class RelaySessionTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Longer than the first wait between attempts, 250 ms at most. */
    private static final int A_WHILE = 1000;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private ScriptedRelay relay;
    private Vertx vertx;
    private RelaySession session;

    @BeforeEach
    void open() throws Exception {
        relay = new ScriptedRelay();
        vertx = Vertx.vertx();
        var credentials = new Credentials(new UserName("alice"), KeyPair.generate(RANDOM));
        session = new RelaySession(vertx, relay.address(), credentials, Instance.random(RANDOM), new Noting());
    }

    @AfterEach
    void close() throws Exception {
        Rig.get(session.stop());
        Rig.get(vertx.close());
        relay.close();
    }

    /** Keeps what the session tells its role. */
    private final class Noting implements RelaySession.Listener {
        @Override
        public void established(NodeSession session, @Nullable NodeSession replaced) {
            events.add("established");
        }

        @Override
        public void received(NodeSession session, ControlMessage message) {
            events.add("received " + message);
        }

        @Override
        public void lost(NodeSession session, String reason) {
            events.add("lost");
        }
    }

    private void assertNext(String event) throws InterruptedException {
        assertEquals(event, events.poll(Rig.SECONDS, TimeUnit.SECONDS));
    }

    private void assertNobodyComes() {
        assertThrows(SocketTimeoutException.class, () -> relay.accept(A_WHILE));
    }

    private static RelayException.Kind failure(Future<Welcome> started) {
        Throwable cause =
                assertThrows(ExecutionException.class, () -> Rig.get(started)).getCause();
        return assertInstanceOf(RelayException.class, cause).kind();
    }

    @Test
    void aRefusedFirstLoginIsFinal() throws Exception {
        Future<Welcome> started = session.start();
        relay.refuse();
        assertEquals(RelayException.Kind.REFUSED, failure(started));
        assertNobodyComes();
    }

    /** A HELLO of another key: final, and not a byte was sent. */
    @Test
    void anotherKeyIsFinalAndHearsNothing() throws Exception {
        Future<Welcome> started = session.start();
        Socket socket = relay.accept();
        relay.greet(socket, KeyPair.generate(RANDOM));
        assertEquals(RelayException.Kind.WRONG_KEY, failure(started));
        assertHeardNothing(socket);
        assertNobodyComes();
    }

    private static void assertHeardNothing(Socket socket) {
        try {
            assertEquals(-1, socket.getInputStream().read());
        } catch (IOException e) {
            assertFalse(e instanceof SocketTimeoutException, "still open");
        }
    }

    @Test
    void aRelayThatIsDownIsTriedUntilItIsThere() throws Exception {
        relay.down();
        Future<Welcome> started = session.start();
        relay.upAgain();
        relay.login();
        Rig.get(started);
        assertNext("established");
        assertTrue(session.established());
    }

    @Test
    void forOneShortUseTheFirstTryDecides() throws Exception {
        relay.down();
        assertEquals(RelayException.Kind.UNREACHABLE, failure(session.startOnce()));
        relay.upAgain();
        assertNobodyComes();
    }

    /** As a relay does that takes no more sessions of this account. */
    @Test
    void anErrorInsteadOfWelcomeIsTheEndForOneShortUse() throws Exception {
        Future<Welcome> started = session.startOnce();
        relay.endLogin(new Fault(Fault.LIMIT, "as many as it may have"));
        assertEquals(RelayException.Kind.UNREACHABLE, failure(started));
        assertNobodyComes();
    }

    @Test
    void anErrorInsteadOfWelcomeIsTriedAgain() throws Exception {
        Future<Welcome> started = session.start();
        relay.endLogin(new Fault(Fault.LIMIT, "as many as it may have"));
        relay.login();
        Rig.get(started);
        assertNext("established");
    }

    @Test
    void aLostSessionComesBackAgainAndAgain() throws Exception {
        Future<Welcome> started = session.start();
        for (int i = 0; i < 4; i++) {
            ControlPeer peer = relay.login();
            assertNext("established");
            peer.socket().setSoLinger(true, 0);
            peer.socket().close();
            assertNext("lost");
        }
        assertTrue(started.succeeded());
    }

    /** Refused after it had been established: it goes on trying, and nobody is told that it is over. */
    @Test
    void aRefusalLaterIsNotFinal() throws Exception {
        Future<Welcome> started = session.start();
        ControlPeer peer = relay.login();
        assertNext("established");
        peer.send(new Fault(Fault.REVOKED, "gone"));
        assertInstanceOf(Bye.class, peer.read());
        assertNext("lost");
        relay.refuse();
        relay.refuse();
        relay.login();
        assertNext("established");
        assertTrue(started.succeeded());
    }

    /** Guards: a session was lost while its successor logged in, and a third one, made after the wait, ended that. */
    @Test
    void aSessionThatIsLostWhileItsSuccessorLogsInIsNotLookedForAgain() throws Exception {
        Future<Welcome> started = session.start();
        ControlPeer peer = relay.login();
        Rig.get(started);
        assertNext("established");
        // Several times, since the wait is random: it may be over while the successor still logs in.
        for (int i = 0; i < 3; i++) {
            peer.send(new GoAway(GoAway.DRAIN, 600));
            Socket next = relay.accept();
            peer.socket().close();
            assertNext("lost");
            peer = relay.login(next);
            assertNext("established");
        }
        assertNobodyComes();
    }

    @Test
    void stoppingSaysByeAndIsFinal() throws Exception {
        session.start().onComplete(done -> {}, e -> events.add("failed"));
        ControlPeer peer = relay.login();
        assertNext("established");
        Rig.get(session.stop());
        assertInstanceOf(Bye.class, peer.read());
        assertTrue(peer.ended());
        peer.socket().close();
        assertNobodyComes();
    }
}
