package dev.tcprelay.protocol.noise;

import static dev.tcprelay.protocol.noise.Pairing.IK;
import static dev.tcprelay.protocol.noise.Pairing.NNPSK0;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order of calls, what is left of a handshake that failed, sizes, and that both sides agree. */
class HandshakeTest {

    private static final byte[] NONE = {};

    private final Pairing pairing = new Pairing();

    /** In builds without the whole vector files this is what reaches every pattern. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "N",
                "K",
                "X",
                "NN",
                "NK",
                "NX",
                "XN",
                "XK",
                "XX",
                "KN",
                "KK",
                "KX",
                "IN",
                "IK",
                "IX",
                "NK1",
                "NX1",
                "X1N",
                "X1K",
                "XK1",
                "X1K1",
                "X1X",
                "XX1",
                "X1X1",
                "K1N",
                "K1K",
                "KK1",
                "K1K1",
                "K1X",
                "KX1",
                "K1X1",
                "I1N",
                "I1K",
                "IK1",
                "I1K1",
                "I1X",
                "IX1",
                "I1X1",
                "NNpsk0",
                "IKpsk1",
                "XXpsk3",
                "XXpsk0+psk1+psk2+psk3"
            })
    void bothSidesAgree(String pattern) throws Exception {
        String protocol = "Noise_" + pattern + "_25519_AESGCM_SHA256";
        Handshake initiator = pairing.initiator(protocol);
        Handshake responder = pairing.responder(protocol);
        int messages = 0;
        while (!initiator.done()) {
            byte[] payload = {(byte) messages};
            boolean forth = messages++ % 2 == 0;
            byte[] message = (forth ? initiator : responder).write(payload);
            assertArrayEquals(payload, (forth ? responder : initiator).read(message));
        }
        assertTrue(responder.done());
        assertArrayEquals(initiator.hash(), responder.hash());
        Transport forth = initiator.split();
        Transport back = responder.split();
        byte[] sealed = new byte[17];
        forth.send().seal(NONE, new byte[] {7}, 0, 1, sealed, 0);
        assertEquals(1, back.receive().open(NONE, sealed, 0, 17, sealed, 0));
        back.send().seal(NONE, new byte[] {8}, 0, 1, sealed, 0);
        assertEquals(1, forth.receive().open(NONE, sealed, 0, 17, sealed, 0));
        assertEquals(8, sealed[0]);
    }

    @Test
    void theRemoteStaticKeyIsKnownWithTheFirstMessage() throws Exception {
        Handshake responder = pairing.responder(IK);
        assertThrows(IllegalStateException.class, responder::remoteStatic);
        responder.read(pairing.initiator(IK).write(NONE));
        assertArrayEquals(pairing.initiatorStatic.publicKey(), responder.remoteStatic());
        responder.write(NONE);
        responder.split();
        assertArrayEquals(pairing.initiatorStatic.publicKey(), responder.remoteStatic());
        assertEquals(32, responder.hash().length);
    }

    @Test
    void callsOutOfOrderKill() throws Exception {
        Handshake responder = pairing.responder(IK);
        refuses(responder, () -> responder.write(NONE));
        Handshake initiator = pairing.initiator(IK);
        refuses(initiator, () -> initiator.read(NONE));
        Handshake twice = pairing.initiator(IK);
        twice.write(NONE);
        refuses(twice, () -> twice.write(NONE));
        Handshake early = pairing.initiator(IK);
        early.write(NONE);
        refuses(early, early::split);
        Handshake over = finished();
        refuses(over, () -> over.write(NONE));
        Handshake overToo = finished();
        refuses(overToo, () -> overToo.read(NONE));
        assertTrue(pairing.erased());
    }

    @Test
    void splitTwiceKills() throws Exception {
        Handshake initiator = finished();
        initiator.split();
        refuses(initiator, initiator::split);
    }

    @Test
    void nothingGoesAfterTheSplit() throws Exception {
        Handshake initiator = finished();
        initiator.split();
        refuses(initiator, () -> initiator.write(NONE));
    }

    @Test
    void nothingGoesAfterAFailedMessage() throws Exception {
        Handshake initiator = pairing.initiator(IK);
        Handshake responder = pairing.responder(IK);
        responder.read(initiator.write(NONE));
        byte[] answer = responder.write(NONE);
        byte[] forged = answer.clone();
        forged[40] ^= 1;
        assertThrows(AuthenticationException.class, () -> initiator.read(forged));
        assertThrows(IllegalStateException.class, () -> initiator.read(answer), "the genuine one comes too late");
        refuses(initiator, initiator::split);
        assertTrue(pairing.ephemerals.size() == 2);
        assertArrayEquals(new byte[32], pairing.ephemerals.get(0).privateKey());
    }

    @Test
    void theHashIsNotToldBeforeTheEnd() throws Exception {
        Handshake initiator = pairing.initiator(IK);
        initiator.write(NONE);
        assertThrows(IllegalStateException.class, initiator::hash);
        assertFalse(initiator.done());
    }

    @Test
    void ephemeralSecretsAreErasedBySplitting() throws Exception {
        Handshake initiator = pairing.initiator(IK);
        Handshake responder = pairing.responder(IK);
        responder.read(initiator.write(NONE));
        initiator.read(responder.write(NONE));
        assertFalse(pairing.erased());
        initiator.split();
        responder.split();
        assertTrue(pairing.erased());
        assertFalse(Arrays.equals(new byte[32], pairing.responderStatic.privateKey()), "static pairs live on");
    }

    @Test
    void aBuilderMakesManyHandshakesWithTheirOwnKeys() throws Exception {
        HandshakeBuilder builder = Handshake.named(NNPSK0).psk(pairing.psk).prologue(pairing.prologue);
        byte[] first = builder.initiator().write(NONE);
        byte[] second = builder.initiator().write(NONE);
        assertFalse(Arrays.equals(Arrays.copyOf(first, 32), Arrays.copyOf(second, 32)));
        assertArrayEquals(NONE, pairing.responder(NNPSK0).read(first));
        assertArrayEquals(NONE, pairing.responder(NNPSK0).read(second), "the psk was erased with the first");
    }

    /** The largest message, and one byte more, both ways. */
    @Test
    void messagesEndAt65535Bytes() throws Exception {
        byte[] largest = pairing.initiator(IK).write(new byte[65535 - 96]);
        assertEquals(65535, largest.length);
        assertEquals(65535 - 96, pairing.responder(IK).read(largest).length);
        for (int length : new int[] {65535 - 95, 65535, 65536, 1 << 20}) {
            Handshake initiator = pairing.initiator(IK);
            assertThrows(IllegalArgumentException.class, () -> initiator.write(new byte[length]));
            refuses(initiator, () -> initiator.write(NONE));
        }
        Handshake responder = pairing.responder(IK);
        byte[] longer = Arrays.copyOf(largest, 65536);
        AuthenticationException refusal = assertThrows(AuthenticationException.class, () -> responder.read(longer));
        assertEquals("message too long", refusal.getMessage());
        refuses(responder, () -> responder.read(largest));
    }

    private Handshake finished() throws Exception {
        Handshake initiator = pairing.initiator(NNPSK0);
        Handshake responder = pairing.responder(NNPSK0);
        responder.read(initiator.write(NONE));
        initiator.read(responder.write(NONE));
        responder.split();
        return initiator;
    }

    /** The call is refused, and every call after it. */
    private static void refuses(Handshake handshake, Executable call) {
        assertThrows(IllegalStateException.class, call);
        assertThrows(IllegalStateException.class, () -> handshake.write(NONE));
        assertThrows(IllegalStateException.class, () -> handshake.read(NONE));
        assertThrows(IllegalStateException.class, handshake::split);
        assertThrows(IllegalStateException.class, handshake::hash);
        assertThrows(IllegalStateException.class, handshake::remoteStatic);
        assertFalse(handshake.done());
    }
}
