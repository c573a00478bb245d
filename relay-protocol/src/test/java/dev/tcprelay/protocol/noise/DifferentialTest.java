package dev.tcprelay.protocol.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.southernstorm.noise.protocol.CipherStatePair;
import com.southernstorm.noise.protocol.HandshakeState;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same keys and payloads through another implementation, noise-java: the same bytes from both. */
class DifferentialTest {

    private static final byte[] NONE = {};

    @Test
    void login() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            new Session(Pairing.IK, new Random(seed)).run();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "K", "X", "NN", "NK", "NX", "XN", "XK", "XX", "KN", "KK", "KX", "IN", "IK", "IX"})
    void everyFundamentalPattern(String pattern) throws Exception {
        Random random = new Random(pattern.hashCode());
        for (String cipher : new String[] {"AESGCM", "ChaChaPoly"}) {
            for (String hash : new String[] {"SHA256", "SHA512", "BLAKE2s", "BLAKE2b"}) {
                new Session("Noise_" + pattern + "_25519_" + cipher + "_" + hash, random).run();
            }
        }
    }

    /** Two sides of each implementation with the same keys. */
    private static final class Session {

        private final String protocol;
        private final Random random;
        private final byte[] prologue;
        private final KeyPair[] statics;
        private final KeyPair[] ephemerals;
        private final Handshake[] own;
        private final HandshakeState[] other;

        Session(String protocol, Random random) throws Exception {
            this.protocol = protocol;
            this.random = random;
            prologue = bytes(random.nextInt(200));
            statics = new KeyPair[] {KeyPair.of(bytes(32)), KeyPair.of(bytes(32))};
            ephemerals = new KeyPair[] {KeyPair.of(bytes(32)), KeyPair.of(bytes(32))};
            own = new Handshake[] {own(0), own(1)};
            other = new HandshakeState[] {other(0), other(1)};
        }

        void run() throws Exception {
            int messages = 0;
            for (; !own[0].done(); messages++) {
                exchange(messages % 2);
            }
            assertTrue(own[1].done(), protocol);
            for (int side = 0; side < 2; side++) {
                assertArrayEquals(other[side].getHandshakeHash(), own[side].hash(), protocol);
            }
            Transport[] ours = {own[0].split(), own[1].split()};
            CipherStatePair[] theirs = {other[0].split(), other[1].split()};
            for (int i = 0; i < 6; i++) {
                int from = messages == 1 ? 0 : random.nextInt(2);
                transport(ours[from].send(), ours[1 - from].receive(), theirs[from], theirs[1 - from]);
            }
        }

        private void exchange(int from) throws Exception {
            byte[] payload = bytes(random.nextInt(600));
            byte[] message = own[from].write(payload);
            byte[] theirs = new byte[payload.length + 200];
            int length = other[from].writeMessage(theirs, 0, payload, 0, payload.length);
            assertArrayEquals(Arrays.copyOf(theirs, length), message, protocol);
            assertArrayEquals(payload, own[1 - from].read(message), protocol);
            byte[] read = new byte[payload.length + 200];
            assertEquals(payload.length, other[1 - from].readMessage(message, 0, length, read, 0), protocol);
            assertArrayEquals(payload, Arrays.copyOf(read, payload.length), protocol);
        }

        private void transport(CipherState send, CipherState receive, CipherStatePair from, CipherStatePair to)
                throws Exception {
            byte[] plain = bytes(random.nextInt(2000));
            byte[] ours = new byte[plain.length + CipherState.TAG];
            byte[] theirs = new byte[ours.length];
            send.seal(NONE, plain, 0, plain.length, ours, 0);
            from.getSender().encryptWithAd(null, plain, 0, theirs, 0, plain.length);
            assertArrayEquals(theirs, ours, protocol);
            byte[] opened = new byte[plain.length];
            receive.open(NONE, theirs, 0, theirs.length, opened, 0);
            assertArrayEquals(plain, opened, protocol);
            assertEquals(
                    plain.length, to.getReceiver().decryptWithAd(null, ours, 0, new byte[ours.length], 0, ours.length));
        }

        private Handshake own(int side) {
            Pattern pattern = Pattern.named(protocol.split("_")[1]);
            byte[] ephemeral = ephemerals[side].privateKey();
            HandshakeBuilder builder =
                    Handshake.named(protocol).prologue(prologue).ephemerals(() -> KeyPair.of(ephemeral));
            if (pattern.needsStatic(side == 0)) {
                builder.staticKey(statics[side]);
            }
            if (pattern.knows(side == 0)) {
                builder.remoteStatic(statics[1 - side].publicKey());
            }
            return side == 0 ? builder.initiator() : builder.responder();
        }

        private HandshakeState other(int side) throws Exception {
            HandshakeState state =
                    new HandshakeState(protocol, side == 0 ? HandshakeState.INITIATOR : HandshakeState.RESPONDER);
            state.setPrologue(prologue, 0, prologue.length);
            if (state.getFixedEphemeralKey() != null) {
                state.getFixedEphemeralKey().setPrivateKey(ephemerals[side].privateKey(), 0);
            }
            if (state.needsLocalKeyPair()) {
                state.getLocalKeyPair().setPrivateKey(statics[side].privateKey(), 0);
            }
            if (state.needsRemotePublicKey()) {
                state.getRemotePublicKey().setPublicKey(statics[1 - side].publicKey(), 0);
            }
            state.start();
            return state;
        }

        private byte[] bytes(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }
    }
}
