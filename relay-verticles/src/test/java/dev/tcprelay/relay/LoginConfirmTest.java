package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.noise.ForgedLogin;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing is granted before CONFIRM has opened (M12): message 1 alone proves nothing to whom relay.key may be known.
 */
@ExtendWith(VertxExtension.class)
class LoginConfirmTest {
    private Relay relay;
    private Peer present;
    private final Instance instance = Instance.random(Relay.RANDOM);

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory).limit("authentication", "3s").start();
        present = relay.skeleton().login("bob", Relay.BOB, instance);
        assertEquals(Status.AVAILABLE, present.register("web", Mode.GROUP));
    }

    /** The session that was there before is there, with what it has registered. */
    @AfterEach
    void theSessionThatWasThereIsUntouched() throws Exception {
        assertEquals(1, relay.node().sessions().size());
        assertEquals(1, relay.node().directory().size());
        assertEquals(1, relay.node().counters().logins.sum());
        present.say(new Ping());
        assertNotNull(present.hear(Pong.class));
        relay.close();
    }

    @Test
    void message1WithoutConfirmIsClosedAtTheDeadline() throws Exception {
        try (Peer silent = relay.skeleton().half("bob", Relay.BOB)) {
            assertEquals(0, silent.rest().length);
        }
    }

    @Test
    void aGarbageRecordInsteadOfConfirmIsClosed() throws Exception {
        try (Peer garbage = relay.skeleton().half("bob", Relay.BOB)) {
            byte[] record = new byte[35];
            record[1] = 33;
            garbage.send(record);
            assertEquals(0, garbage.rest().length);
        }
    }

    @Test
    void anotherRecordInsteadOfConfirmIsClosed() throws Exception {
        try (Peer other = relay.skeleton().half("bob", Relay.BOB)) {
            other.say(new Ping());
            assertEquals(0, other.rest().length);
        }
    }

    @Test
    void aConfirmOfTheWrongLengthIsClosed() throws Exception {
        for (int size : new int[] {15, 17, 400}) {
            try (Peer other = relay.skeleton().half("bob", Relay.BOB)) {
                byte[] confirm = new byte[1 + size];
                confirm[0] = 1;
                other.seal(confirm);
                assertEquals(0, other.rest().length);
            }
        }
    }

    @Test
    void aByteBehindMessage1SpoilsConfirm() throws Exception {
        try (Peer peer = relay.skeleton()) {
            var initiator = peer.initiator("bob", Relay.BOB);
            peer.send(Arrays.copyOf(initiator.request(), 228));
            peer.records =
                    initiator.accepted(Arrays.copyOfRange(peer.read(67), 3, 67)).records();
            peer.say(new Confirm(instance));
            assertEquals(0, peer.rest().length);
        }
    }

    @Test
    void message1ForgedByTheHolderOfTheRelaysKeyHasNoEffect() throws Exception {
        try (Peer forger = relay.skeleton()) {
            byte[] payload = new byte[128];
            payload[0] = 1;
            payload[1] = 3;
            System.arraycopy(new byte[] {'b', 'o', 'b'}, 0, payload, 2, 3);
            byte[] message = ForgedLogin.message1(
                    forger.hello.encode(),
                    relay.key,
                    PublicKey.of(Relay.BOB).bytes(),
                    KeyPair.generate(Relay.RANDOM),
                    payload);
            forger.send(new byte[] {1, 0, (byte) 224});
            forger.send(message);
            assertEquals(1, forger.read(67)[0], "the forged message parses");
            forger.send(new byte[] {0, 33});
            forger.send(new byte[33]);
            assertEquals(0, forger.rest().length);
        }
    }
}
