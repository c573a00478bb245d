package dev.tcprelay.protocol.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.noise.Pattern.Token;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A handshake cannot be made from less than its pattern needs, nor from more than it uses. */
class HandshakeBuilderTest {

    private final KeyPair own = KeyPair.generate(new SecureRandom());
    private final byte[] remote = KeyPair.generate(new SecureRandom()).publicKey();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Noise",
                "Noise_IK_25519_AESGCM",
                "Noise_IK_25519_AESGCM_SHA256_",
                "noise_IK_25519_AESGCM_SHA256",
                "Noise_IK_448_AESGCM_SHA256",
                "Noise_IK_25519_AESCCM_SHA256",
                "Noise_II_25519_AESGCM_SHA256",
                "Noise_ik_25519_AESGCM_SHA256",
                "Noise_XXfallback_25519_AESGCM_SHA256",
                "Noise_NNpsk_25519_AESGCM_SHA256",
                "Noise_NNpsk3_25519_AESGCM_SHA256",
                "Noise_NNpsk0psk1_25519_AESGCM_SHA256",
                "Noise_NNpsk0+psk0_25519_AESGCM_SHA256",
                "Noise_NNpsk0+_25519_AESGCM_SHA256",
            })
    void unknownProtocolsAreRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> Handshake.named(name));
    }

    @Test
    void anUnknownHashIsRefused() {
        HandshakeBuilder builder = Handshake.named("Noise_NN_25519_AESGCM_MD5");
        assertThrows(IllegalArgumentException.class, builder::initiator);
    }

    @Test
    void loginNeedsItsKeysAndNoOthers() {
        HandshakeBuilder missing = Handshake.named(Pairing.IK);
        assertThrows(IllegalArgumentException.class, missing::initiator);
        assertThrows(IllegalArgumentException.class, missing::responder);
        missing.staticKey(own);
        assertThrows(IllegalArgumentException.class, missing::initiator);
        missing.remoteStatic(remote).initiator();
        assertThrows(IllegalArgumentException.class, missing::responder, "a key that nothing would check");
        missing.psk(new byte[32]);
        assertThrows(IllegalArgumentException.class, missing::initiator);
    }

    @Test
    void endToEndNeedsItsPskAndNothingElse() {
        HandshakeBuilder builder = Handshake.named(Pairing.NNPSK0);
        assertThrows(IllegalArgumentException.class, builder::initiator);
        builder.psk(new byte[32]).initiator();
        builder.responder();
        assertThrows(
                IllegalArgumentException.class,
                () -> Handshake.named(Pairing.NNPSK0)
                        .psk(new byte[32])
                        .staticKey(own)
                        .initiator());
        builder.psk(new byte[32]);
        assertThrows(IllegalArgumentException.class, builder::initiator);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void keysAndPsksHave32Bytes(int length) {
        HandshakeBuilder builder = Handshake.named(Pairing.IK);
        assertThrows(IllegalArgumentException.class, () -> builder.psk(new byte[length]));
        assertThrows(IllegalArgumentException.class, () -> builder.remoteStatic(new byte[length]));
    }

    @Test
    void modifiersStandWhereTheSpecificationPutsThem() {
        Pattern pattern = Pattern.named("XXpsk0+psk1+psk3");
        assertEquals(
                List.of(Token.PSK, Token.E, Token.PSK),
                pattern.messages().get(0).tokens());
        assertEquals(
                List.of(Token.E, Token.EE, Token.S, Token.ES),
                pattern.messages().get(1).tokens());
        assertEquals(
                List.of(Token.S, Token.SE, Token.PSK), pattern.messages().get(2).tokens());
    }
}
