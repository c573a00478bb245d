package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.EphemeralSource;
import dev.tcprelay.protocol.noise.Handshake;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.LoginInitiator;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a LOGIN, the answer is the same two bytes, and the node serves others on (M11). */
@ExtendWith(VertxExtension.class)
class LoginRefusalTest {
    private Relay relay;

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory).limit("failedLogins", 1_000_000).start();
    }

    private void refused(Peer peer, byte[] request) throws Exception {
        peer.send(request);
        assertArrayEquals(Peer.REFUSED, peer.rest());
        peer.close();
        assertEquals(0, relay.node().sessions().size());
    }

    /** Frame 1 with this payload, from the holder of this key. */
    private byte[] request(Peer peer, KeyPair user, byte[] payload) {
        byte[] message = Handshake.named("Noise_IK_25519_AESGCM_SHA256")
                .prologue(peer.hello.encode())
                .staticKey(user)
                .remoteStatic(relay.publicKey().bytes())
                .ephemerals(EphemeralSource.from(Relay.RANDOM))
                .initiator()
                .write(payload);
        byte[] frame = new byte[3 + message.length];
        frame[0] = 1;
        frame[2] = (byte) message.length;
        System.arraycopy(message, 0, frame, 3, message.length);
        return frame;
    }

    private static byte[] payload(String name, int length) {
        byte[] payload = new byte[128];
        payload[0] = 1;
        payload[1] = (byte) length;
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, payload, 2, ascii.length);
        return payload;
    }

    @Test
    void anHonestLoginIsAccepted() throws Exception {
        try (Peer alice = relay.client().login("alice", Relay.ALICE)) {
            assertEquals(relay.port(alice.role), alice.welcome().clientPort());
        }
    }

    @Test
    void aNonceAlteredInTransitIsRefused() throws Exception {
        Peer peer = relay.client();
        byte[] altered = peer.hello.encode();
        altered[40] ^= 1;
        var initiator = new LoginInitiator(
                Hello.decode(altered, peer.role), Relay.ALICE, new UserName("alice"), relay.publicKey(), Relay.RANDOM);
        refused(peer, initiator.request());
    }

    @Test
    void message1OfOneConnectionIsRefusedOnAnother() throws Exception {
        Peer first = relay.client();
        Peer second = relay.client();
        byte[] request = first.loginRequest("alice", Relay.ALICE);
        refused(second, request);
        first.send(request);
        assertEquals(67, first.read(67).length);
        first.close();
    }

    /** All nodes of a cluster have the same key. */
    @Test
    void message1OfOneNodeIsRefusedOnAnother(@TempDir Path directory) throws Exception {
        try (Relay other = new Relay(relay.vertx, directory)) {
            Files.writeString(directory.resolve("relay.key"), RelayKey.format(relay.key));
            Files.writeString(directory.resolve("relay.pem"), relay.pem());
            other.start();
            Peer first = relay.client();
            byte[] request = first.loginRequest("alice", Relay.ALICE);
            Peer replaying = other.client();
            assertArrayEquals(first.hello.keyId(), replaying.hello.keyId());
            refused(replaying, request);
            first.send(request);
            assertEquals(67, first.read(67).length);
            first.close();
        }
    }

    @Test
    void bitsOfMessage1FlippedAreRefused() throws Exception {
        for (int bit = 0; bit < 224 * 8; bit += 29) {
            Peer peer = relay.client();
            byte[] request = peer.loginRequest("alice", Relay.ALICE);
            request[3 + bit / 8] ^= (byte) (1 << bit % 8);
            refused(peer, request);
        }
    }

    @Test
    void aValidKeyWithTheNameOfAnotherUserIsRefused() throws Exception {
        Peer peer = relay.client();
        refused(peer, peer.loginRequest("alice", Relay.BOB));
    }

    @Test
    void anUnknownUserIsRefused() throws Exception {
        Peer peer = relay.client();
        refused(peer, peer.loginRequest("nobody", Relay.BOB));
    }

    @Test
    void aDisabledUserWithTheRightKeyIsRefused() throws Exception {
        KeyPair own = KeyPair.generate(Relay.RANDOM);
        relay.reload(Relay.line("erin", own, "connect=* disabled"));
        Peer peer = relay.client();
        refused(peer, peer.loginRequest("erin", own));
    }

    @Test
    void ephemeralKeysOfLowOrderAreRefused() throws Exception {
        String[] points = {
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "0100000000000000000000000000000000000000000000000000000000000080"
        };
        for (String point : points) {
            Peer peer = relay.client();
            byte[] request = peer.loginRequest("alice", Relay.ALICE);
            System.arraycopy(HexFormat.of().parseHex(point), 0, request, 3, 32);
            refused(peer, request);
        }
    }

    @Test
    void aPayloadThatIsWrittenRightIsAccepted() throws Exception {
        Peer peer = relay.client();
        peer.send(request(peer, Relay.ALICE, payload("alice", 5)));
        assertEquals(1, peer.read(67)[0]);
        peer.close();
    }

    @Test
    void paddingThatIsNotZeroIsRefused() throws Exception {
        for (int at : new int[] {7, 65, 66, 127}) {
            Peer peer = relay.client();
            byte[] payload = payload("alice", 5);
            payload[at] = 1;
            refused(peer, request(peer, Relay.ALICE, payload));
        }
    }

    @Test
    void aNameOfLength0Or65OrOfOtherCharactersIsRefused() throws Exception {
        byte[][] payloads = {
            payload("", 0),
            payload("a".repeat(64), 65),
            payload("a".repeat(64), 255),
            payload("Alice", 5),
            payload("al ce", 5),
            payload("-lice", 5),
            payload("al/ce", 5)
        };
        for (byte[] payload : payloads) {
            Peer peer = relay.client();
            refused(peer, request(peer, Relay.ALICE, payload));
        }
    }

    @Test
    void anotherVersionOfThePayloadIsRefused() throws Exception {
        Peer peer = relay.client();
        byte[] payload = payload("alice", 5);
        payload[0] = 2;
        refused(peer, request(peer, Relay.ALICE, payload));
    }

    @Test
    void framesThatAreNeitherLoginNorAttachAreClosedWithoutAByte() throws Exception {
        for (byte[] first : new byte[][] {{0}, {3}, {(byte) 0xff}, {1, 0, (byte) 223}, {1, 0, (byte) 225}, {2, 0, 0}}) {
            Peer peer = relay.client();
            peer.send(Arrays.copyOf(first, first.length));
            assertEquals(0, peer.rest().length);
            peer.close();
        }
    }
}
