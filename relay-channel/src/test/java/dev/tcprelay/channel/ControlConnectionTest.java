package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.ControlConnection.Keepalive;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The relay's end of a control connection, to which the test is a client: keepalive, farewells and mistakes. */
class ControlConnectionTest {
    private static final Keepalive NEVER = new Keepalive(Duration.ofMinutes(10), Duration.ofMinutes(20));

    private final BlockingQueue<ControlMessage> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();
    private Rig rig;
    private Leg leg;
    private ControlConnection connection;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig(Transport.NIO);
    }

    @AfterEach
    void close() throws Exception {
        if (connection != null) {
            connection.abort("the test is over");
        }
        rig.close();
        assertTrue(lost.isEmpty(), () -> "lost more than once: " + lost);
    }

    private ControlPeer connect(Keepalive keepalive) throws Exception {
        SecureRecords[] keys = ControlPeer.keys();
        Rig.Pair pair = rig.accept();
        leg = pair.leg();
        Rig.run(leg, () -> {
            connection = new ControlConnection(leg, keys[0], Sender.CLIENT, keepalive);
            connection.start(new ControlConnection.Owner() {
                @Override
                public void received(ControlMessage message) {
                    received.add(message);
                }

                @Override
                public void lost(String reason) {
                    lost.add(reason);
                }
            });
        });
        return new ControlPeer(pair.peer(), keys[1], Sender.RELAY);
    }

    private String lost() throws InterruptedException {
        String reason = lost.poll(Rig.SECONDS, TimeUnit.SECONDS);
        assertNotNull(reason, "not lost");
        return reason;
    }

    private static Keepalive millis(int interval, int deadline) {
        return new Keepalive(Duration.ofMillis(interval), Duration.ofMillis(deadline));
    }

    /** A peer that answers every PING outlives the deadline many times; nobody hears of PING and PONG. */
    @Test
    void anIdleConnectionIsPingedAndStaysWhileThePeerAnswers() throws Exception {
        ControlPeer peer = connect(millis(20, 2000));
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(4500)) {
            assertInstanceOf(Ping.class, peer.read());
            peer.send(new Pong());
        }
        assertNull(lost.peek());
        assertNull(received.peek());
        connection.abort("enough");
        assertEquals("enough", lost());
    }

    /** A dead peer: pinged, then given up, at the deadline and not before. */
    @Test
    void aSilentPeerIsPingedAndThenGivenUp() throws Exception {
        long begin = System.nanoTime();
        ControlPeer peer = connect(millis(100, 400));
        assertInstanceOf(Ping.class, peer.read());
        assertInstanceOf(Ping.class, peer.read());
        assertTrue(lost().startsWith("nothing was received"));
        assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(400));
        assertThrows(IOException.class, () -> {
            while (!peer.ended()) {
                peer.read();
            }
            throw new IOException("ended");
        });
    }

    /** Guards: a side that sent all the time never pinged, and gave up a peer that had nothing to say. */
    @Test
    void aPeerThatOnlyListensIsPingedToo() throws Exception {
        ControlPeer peer = connect(millis(100, 5000));
        Thread talking = new Thread(() -> {
            while (lost.isEmpty()) {
                connection.send(new Pong());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        });
        talking.start();
        ControlMessage message = peer.read();
        while (message instanceof Pong) {
            message = peer.read();
        }
        assertInstanceOf(Ping.class, message);
        connection.abort("enough");
        talking.join();
        lost();
    }

    /** Guards: a record whose length was altered under way kept a connection alive on which nothing arrived any more. */
    @Test
    void bytesThatNeverBecomeAMessageAreNoSignOfLife() throws Exception {
        ControlPeer peer = connect(millis(100, 1000));
        BlockingQueue<String> answered = new LinkedBlockingQueue<>();
        Rig.run(leg, () -> connection.ping(() -> answered.add("answered")));
        Thread dribbling = new Thread(() -> {
            try {
                peer.socket().getOutputStream().write(new byte[] {0x3f, (byte) 0xff});
                while (lost.isEmpty()) {
                    peer.socket().getOutputStream().write(1);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
            } catch (IOException e) {
                // The connection was given up.
            }
        });
        dribbling.start();
        String reason = lost();
        dribbling.join();
        assertEquals("nothing was received for 1 s", reason);
        assertNull(answered.poll());
    }

    @Test
    void aPingIsAnsweredAtOnceAlsoByteByByte() throws Exception {
        ControlPeer peer = connect(NEVER);
        peer.send(new Ping());
        assertInstanceOf(Pong.class, peer.read());
        for (byte one : peer.sealed(new Ping())) {
            peer.socket().getOutputStream().write(one);
        }
        assertInstanceOf(Pong.class, peer.read());
        var list = new ListServers(new ServerId("mail"));
        peer.send(list);
        assertEquals(list, received.poll(Rig.SECONDS, TimeUnit.SECONDS));
        connection.abort("done");
        lost();
    }

    @Test
    void whateverComesAnswersAQuestionOnce() throws Exception {
        ControlPeer peer = connect(NEVER);
        BlockingQueue<String> answered = new LinkedBlockingQueue<>();
        Rig.run(leg, () -> connection.ping(() -> answered.add("answered")));
        assertInstanceOf(Ping.class, peer.read());
        assertNull(answered.poll());
        peer.send(new ListServers(null));
        assertEquals("answered", answered.poll(Rig.SECONDS, TimeUnit.SECONDS));
        peer.send(new Ping());
        assertInstanceOf(Pong.class, peer.read());
        assertNull(answered.poll());
        connection.abort("done");
        lost();
    }

    @Test
    void byeEndsBothDirections() throws Exception {
        ControlPeer peer = connect(NEVER);
        peer.send(new Bye());
        assertEquals("the other side said goodbye", lost());
        assertTrue(peer.ended());
    }

    @Test
    void aLastMessageIsTheLast() throws Exception {
        ControlPeer peer = connect(NEVER);
        connection.close(new Fault(Fault.REVOKED, "the user is gone"), "revoked");
        connection.send(new Ping());
        assertEquals(new Fault(Fault.REVOKED, "the user is gone"), peer.read());
        assertTrue(peer.ended());
        assertEquals("revoked", lost());
    }

    /** An unknown type, a type of the other role, a second CONFIRM, a body that is no JSON: ERROR, then the end. */
    @Test
    void whatMayNotComeIsAnErrorAndTheEnd() throws Exception {
        byte[] confirm = dev.tcprelay.protocol.wire.ControlCodec.encode(
                new ControlMessage.Confirm(Instance.random(new SecureRandom())));
        byte[] registered =
                "!{\"id\":\"web\",\"status\":\"available\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (byte[] wrong : new byte[][] {{0x7f, '{', '}'}, registered, confirm, {0x10, '['}, {0x10}}) {
            ControlPeer peer = connect(NEVER);
            peer.socket().getOutputStream().write(peer.records().sealer().seal(wrong));
            Fault fault = assertInstanceOf(Fault.class, peer.read());
            assertEquals(Fault.PROTOCOL, fault.code());
            assertTrue(peer.ended());
            assertTrue(lost().startsWith("protocol: "));
            assertNull(received.poll());
        }
    }

    /** An altered record is not answered, and what follows it is not read. */
    @Test
    void anAlteredRecordEndsTheConnectionWithoutAWord() throws Exception {
        ControlPeer peer = connect(NEVER);
        byte[] altered = peer.sealed(new ListServers(null));
        altered[altered.length - 1] ^= 1;
        peer.socket().getOutputStream().write(altered);
        assertEquals("a record does not open", lost());
        assertThrows(IOException.class, () -> {
            if (peer.ended()) {
                throw new IOException("ended");
            }
        });
        assertNull(received.poll());
    }

    @Test
    void theEndOfTheConnectionIsTold() throws Exception {
        ControlPeer fin = connect(NEVER);
        fin.socket().shutdownOutput();
        assertEquals("the other side closed the connection", lost());
        ControlPeer reset = connect(NEVER);
        reset.socket().setSoLinger(true, 0);
        reset.socket().close();
        assertTrue(lost().startsWith("the connection was lost"));
    }
}
