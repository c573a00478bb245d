package dev.tcprelay.protocol.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

/** Wycheproof's vectors for every primitive, through the classes that the protocol uses. */
class WycheproofTest {

    @Test
    void x25519() throws Exception {
        int executed = Vectors.wycheproof("x25519_test.json", (group, test) -> {
            byte[] shared = Vectors.bytes(test, "shared");
            byte[] publicKey = Vectors.bytes(test, "public");
            KeyPair own = KeyPair.of(Vectors.bytes(test, "private"));
            boolean zero = Arrays.equals(shared, new byte[X25519.KEY]);
            assertEquals(zero, X25519.lowOrder(publicKey), () -> Vectors.label(test));
            if (zero) {
                assertThrows(AuthenticationException.class, () -> X25519.agree(own, publicKey));
            } else {
                try {
                    assertArrayEquals(shared, X25519.agree(own, publicKey), () -> Vectors.label(test));
                } catch (AuthenticationException e) {
                    fail(Vectors.label(test), e);
                }
            }
            return true;
        });
        assertEquals(Vectors.whole() ? 518 : 96, executed);
    }

    /** The nonces of Noise have 96 bits, its keys 256. */
    @Test
    void aesGcm() throws Exception {
        int executed = Vectors.wycheproof("aes_gcm_test.json", (group, test) -> aead(Aead.AESGCM, group, test));
        assertEquals(Vectors.whole() ? 66 : 43, executed);
    }

    @Test
    void chaChaPoly() throws Exception {
        int executed =
                Vectors.wycheproof("chacha20_poly1305_test.json", (group, test) -> aead(Aead.ChaChaPoly, group, test));
        assertEquals(Vectors.whole() ? 316 : 18, executed);
    }

    @Test
    void hkdf() throws Exception {
        int executed = Vectors.wycheproof("hkdf_sha256_test.json", (group, test) -> {
            byte[] ikm = Vectors.bytes(test, "ikm");
            byte[] salt = Vectors.bytes(test, "salt");
            byte[] info = Vectors.bytes(test, "info");
            int size = test.get("size").intValue();
            if (valid(test)) {
                assertArrayEquals(
                        Vectors.bytes(test, "okm"), Hkdf.derive(ikm, salt, info, size), () -> Vectors.label(test));
            } else {
                assertThrows(IllegalArgumentException.class, () -> Hkdf.derive(ikm, salt, info, size));
            }
            return true;
        });
        assertEquals(Vectors.whole() ? 86 : 25, executed);
    }

    private static boolean aead(Aead aead, JsonNode group, JsonNode test) {
        if (group.get("keySize").intValue() != 256 || group.get("ivSize").intValue() != 96) {
            return false;
        }
        byte[] message = Vectors.bytes(test, "msg");
        byte[] sealed = concat(Vectors.bytes(test, "ct"), Vectors.bytes(test, "tag"));
        try {
            if (valid(test)) {
                assertArrayEquals(sealed, run(aead, Cipher.ENCRYPT_MODE, test, message), () -> Vectors.label(test));
                assertArrayEquals(message, run(aead, Cipher.DECRYPT_MODE, test, sealed), () -> Vectors.label(test));
            } else {
                assertThrows(AEADBadTagException.class, () -> run(aead, Cipher.DECRYPT_MODE, test, sealed));
            }
        } catch (GeneralSecurityException e) {
            fail(Vectors.label(test), e);
        }
        return true;
    }

    /** Their nonces are not counters, so this goes below {@link CipherState}. */
    private static byte[] run(Aead aead, int mode, JsonNode test, byte[] in) throws GeneralSecurityException {
        Cipher cipher = aead.cipher();
        cipher.init(mode, aead.key(Vectors.bytes(test, "key")), aead.parameters(Vectors.bytes(test, "iv")));
        cipher.updateAAD(Vectors.bytes(test, "aad"));
        return cipher.doFinal(in);
    }

    private static boolean valid(JsonNode test) {
        return test.get("result").textValue().equals("valid");
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
