package dev.tcprelay.protocol.noise;

import static dev.tcprelay.protocol.noise.Pairing.IK;
import static dev.tcprelay.protocol.noise.Pairing.NNPSK0;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Hostile handshake messages of the relay's two protocols: altered, cut, of low order, or under another key. */
class ForgedMessagesTest {

    private static final byte[] NONE = {};
    private static final byte[] PAYLOAD = new byte[128];

    private final Pairing pairing = new Pairing();

    @Test
    void everyBitOfLoginMessage1FlippedIsRefused() throws Exception {
        byte[] message = pairing.initiator(IK).write(PAYLOAD);
        assertEquals(224, message.length);
        assertArrayEquals(PAYLOAD, pairing.responder(IK).read(message));
        assertEquals(1792, flipEveryBit(message, () -> pairing.responder(IK)));
    }

    @Test
    void everyBitOfLoginMessage2FlippedIsRefused() throws Exception {
        KeyPair fixed = KeyPair.generate(new SecureRandom());
        Supplier<Handshake> waiting = () -> {
            Handshake initiator = fixedInitiator(fixed);
            initiator.write(PAYLOAD);
            return initiator;
        };
        Handshake responder = pairing.responder(IK);
        responder.read(fixedInitiator(fixed).write(PAYLOAD));
        byte[] message = responder.write(new byte[16]);
        assertEquals(64, message.length);
        assertArrayEquals(new byte[16], waiting.get().read(message));
        assertEquals(512, flipEveryBit(message, waiting));
    }

    @Test
    void everyBitOfTheSkeletonsFirstMessageFlippedIsRefused() {
        byte[] message = pairing.initiator(NNPSK0).write(NONE);
        assertEquals(384, flipEveryBit(message, () -> pairing.responder(NNPSK0)));
    }

    @Test
    void everyTruncationAndAByteTooManyIsRefused() {
        byte[] login = pairing.initiator(IK).write(PAYLOAD);
        byte[] endToEnd = pairing.initiator(NNPSK0).write(NONE);
        for (int length = 0; length <= login.length + 1; length++) {
            if (length != login.length) {
                refuses(pairing.responder(IK), Arrays.copyOf(login, length));
            }
            if (length != endToEnd.length) {
                refuses(pairing.responder(NNPSK0), Arrays.copyOf(endToEnd, length));
            }
        }
    }

    /**
     * All secrets are zeros: whoever lets that pass opens this message, from an initiator who knows no secret at all.
     */
    @Test
    void aLoginMessageOfLowOrderKeysIsRefused() throws Exception {
        for (byte[] point : X25519Test.LOW_ORDER) {
            SymmetricState forger = loginForger();
            byte[] message = loginMessage(forger, point, new byte[32], point, new byte[32]);
            refusesLowOrder(pairing.responder(IK), message);
        }
    }

    /** The static key is genuine and its agreement too; only the ephemeral key is of low order. */
    @Test
    void aLoginMessageWithAnEphemeralKeyOfLowOrderIsRefused() throws Exception {
        byte[] secret = X25519.agree(pairing.initiatorStatic, pairing.responderStatic.publicKey());
        for (byte[] point : X25519Test.LOW_ORDER) {
            byte[] own = pairing.initiatorStatic.publicKey();
            byte[] message = loginMessage(loginForger(), point, new byte[32], own, secret);
            refusesLowOrder(pairing.responder(IK), message);
        }
    }

    /** The ephemeral key is genuine; the static key, which goes without a private key, is of low order. */
    @Test
    void aLoginMessageWithAStaticKeyOfLowOrderIsRefused() throws Exception {
        KeyPair ephemeral = KeyPair.generate(new SecureRandom());
        byte[] secret = X25519.agree(ephemeral, pairing.responderStatic.publicKey());
        for (byte[] point : X25519Test.LOW_ORDER) {
            byte[] message = loginMessage(loginForger(), ephemeral.publicKey(), secret, point, new byte[32]);
            refusesLowOrder(pairing.responder(IK), message);
        }
    }

    /** The forger itself is right: with genuine keys its message is accepted. */
    @Test
    void theForgedFormIsThatOfAGenuineMessage() throws Exception {
        KeyPair ephemeral = KeyPair.generate(new SecureRandom());
        byte[] es = X25519.agree(ephemeral, pairing.responderStatic.publicKey());
        byte[] ss = X25519.agree(pairing.initiatorStatic, pairing.responderStatic.publicKey());
        byte[] own = pairing.initiatorStatic.publicKey();
        byte[] message = loginMessage(loginForger(), ephemeral.publicKey(), es, own, ss);
        assertArrayEquals(PAYLOAD, pairing.responder(IK).read(message));
    }

    /** Sent by a holder of the psk, to whom the other side's next message would otherwise be readable by anybody. */
    @Test
    void anEndToEndMessageOfLowOrderIsRefused() throws Exception {
        for (byte[] point : X25519Test.LOW_ORDER) {
            refusesLowOrder(pairing.responder(NNPSK0), endToEndMessage(point));
        }
        byte[] genuine = endToEndMessage(pairing.initiatorStatic.publicKey());
        assertArrayEquals(NONE, pairing.responder(NNPSK0).read(genuine));
    }

    @Test
    void anotherPskPrologueOrKeyIsRefused() {
        Pairing other = new Pairing();
        refuses(other.responder(NNPSK0), pairing.initiator(NNPSK0).write(NONE));
        refuses(other.responder(IK), pairing.initiator(IK).write(PAYLOAD));
        byte[] message = pairing.initiator(IK).write(PAYLOAD);
        pairing.prologue[0] ^= 1;
        refuses(pairing.responder(IK), message);
    }

    @Test
    void aReflectedMessageIsRefused() {
        Handshake initiator = pairing.initiator(NNPSK0);
        refuses(initiator, initiator.write(NONE));
        Handshake login = pairing.initiator(IK);
        refuses(login, login.write(PAYLOAD));
    }

    private Handshake fixedInitiator(KeyPair ephemeral) {
        byte[] secret = ephemeral.privateKey();
        return pairing.builder(IK, true, pairing.initiatorStatic, pairing.responderStatic)
                .ephemerals(() -> KeyPair.of(secret))
                .initiator();
    }

    private SymmetricState loginForger() {
        SymmetricState symmetric = new SymmetricState(IK, Aead.AESGCM, Hash.named("SHA256"));
        symmetric.mixHash(pairing.prologue);
        symmetric.mixHash(pairing.responderStatic.publicKey());
        return symmetric;
    }

    /** IK message 1 from given keys and agreements. */
    private static byte[] loginMessage(SymmetricState symmetric, byte[] e, byte[] es, byte[] s, byte[] ss) {
        byte[] message = Arrays.copyOf(e, 224);
        symmetric.mixHash(e);
        symmetric.mixKey(es);
        assertEquals(48, symmetric.encryptAndHash(s, message, 32));
        symmetric.mixKey(ss);
        assertEquals(144, symmetric.encryptAndHash(PAYLOAD, message, 80));
        return message;
    }

    private byte[] endToEndMessage(byte[] e) {
        SymmetricState symmetric = new SymmetricState(NNPSK0, Aead.AESGCM, Hash.named("SHA256"));
        symmetric.mixHash(pairing.prologue);
        symmetric.mixKeyAndHash(pairing.psk);
        symmetric.mixHash(e);
        symmetric.mixKey(e);
        byte[] message = Arrays.copyOf(e, 48);
        symmetric.encryptAndHash(NONE, message, 32);
        return message;
    }

    private static int flipEveryBit(byte[] message, Supplier<Handshake> reader) {
        int bits = 8 * message.length;
        for (int bit = 0; bit < bits; bit++) {
            byte[] forged = message.clone();
            forged[bit / 8] ^= (byte) (1 << (bit % 8));
            refuses(reader.get(), forged);
        }
        return bits;
    }

    private static void refusesLowOrder(Handshake reader, byte[] message) {
        assertEquals("public key of low order", refuses(reader, message).getMessage());
    }

    private static AuthenticationException refuses(Handshake reader, byte[] message) {
        AuthenticationException refusal = assertThrows(AuthenticationException.class, () -> reader.read(message));
        for (var after : List.<org.junit.jupiter.api.function.Executable>of(
                () -> reader.read(message), () -> reader.write(NONE), reader::split, reader::remoteStatic)) {
            assertThrows(IllegalStateException.class, after);
        }
        return refusal;
    }
}
