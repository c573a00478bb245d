package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many bytes the relay takes of a connection that has not authenticated: 512, and a length that announces more ends
 * it at once (M7, M14). The deadline is so far away that only the bytes can be the reason.
 */
@ExtendWith(VertxExtension.class)
class StrangerBytesTest {
    private static final int MOST = 512;
    private static final int LOGIN = 227;
    private static final byte LOGIN_FRAME = 1;
    private static final byte ATTACH_FRAME = 2;

    private Relay relay;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory).limit("authentication", "5 min").start();
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    private static byte[] head(int type, int length) {
        return new byte[] {(byte) type, (byte) (length >> 8), (byte) length};
    }

    private void closedByHead(int type, int length) throws Exception {
        try (Peer peer = relay.client()) {
            peer.send(head(type, length));
            assertEquals(0, peer.rest().length, "type " + type + ", length " + length);
        }
    }

    @Test
    void aLengthThatAnnouncesMoreThan512BytesEndsTheConnectionBeforeTheyCome() throws Exception {
        for (int length : new int[] {MOST - 3 + 1, 1024, 16_384, 65_535}) {
            closedByHead(ATTACH_FRAME, length);
        }
        for (int length : new int[] {0, 223, 225, MOST - 3, 65_535}) {
            closedByHead(LOGIN_FRAME, length);
        }
        assertEquals(0, relay.node().admission().size());
    }

    @Test
    void theLargestAttachIsHeardToItsEnd() throws Exception {
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer leg = relay.client();
        int largest = leg.attachRequest(alice.ticket(), Attach.client()).length - 162 + 255;
        assertTrue(largest <= MOST, "ATTACH with the longest ticket has " + largest + " bytes");
        byte[] frame = Arrays.copyOf(head(ATTACH_FRAME, largest - 3), largest);
        frame[4] = (byte) 255;
        leg.send(frame);
        assertEquals(2, leg.rest().length, "refused, not cut");
    }

    private Peer beforeConfirm() throws Exception {
        return relay.client().half("alice", Relay.ALICE);
    }

    @Test
    void aFirstRecordThatEndsBeyond512BytesIsNotAwaited() throws Exception {
        for (int size : new int[] {MOST - LOGIN + 1, 16_384 + 2}) {
            try (Peer peer = beforeConfirm()) {
                peer.send(new byte[] {(byte) ((size - 2) >> 8), (byte) (size - 2)});
                assertEquals(0, peer.rest().length, size + " bytes");
            }
        }
        try (Peer peer = beforeConfirm()) {
            int size = MOST - LOGIN;
            peer.send(new byte[] {(byte) ((size - 2) >> 8), (byte) (size - 2)});
            peer.send(new byte[size - 3]);
            assertEquals(1, relay.node().admission().size(), "one byte is missing, and it is awaited");
            peer.send(new byte[1]);
            assertEquals(0, peer.rest().length, "which did not open");
        }
    }

    /** Whoever sends more than it may is not read while it is worked on, and closed then. */
    @Test
    void aStrangerThatFloodsIsNotRead() throws Exception {
        long sent = 0;
        try (Peer peer = relay.client()) {
            peer.send(peer.loginRequest("alice", Relay.ALICE));
            byte[] flood = new byte[1 << 20];
            while (sent < 256L << 20) {
                peer.send(flood);
                sent += flood.length;
            }
        } catch (IOException e) {
            // Closed under way.
        }
        assertTrue(sent < 64L << 20, "the node took " + sent + " bytes");
        Relay.until(() -> relay.node().admission().size() == 0);
    }

    @Test
    void anHonestLoginStaysBelow() throws Exception {
        try (Peer peer = beforeConfirm()) {
            peer.say(new Confirm(Instance.random(Relay.RANDOM)));
            peer.hear(Welcome.class);
        }
    }
}
