package dev.tcprelay.protocol.noise;

import static dev.tcprelay.protocol.noise.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of the RFCs. */
class RfcVectorsTest {

    @ParameterizedTest(name = "RFC 7748 section 5.2: {0}")
    @CsvSource({
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
                + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
                + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
                + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
                + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    })
    void x25519(String scalar, String u, String result) throws Exception {
        assertArrayEquals(hex(result), X25519.agree(KeyPair.of(hex(scalar)), hex(u)));
    }

    /** RFC 7748 section 5.2, the iterated test. */
    @Test
    void x25519ThousandTimes() throws Exception {
        byte[] k = Arrays.copyOf(new byte[] {9}, X25519.KEY);
        byte[] u = k;
        for (int i = 1; i <= 1000; i++) {
            byte[] next = X25519.agree(KeyPair.of(k), u);
            u = k;
            k = next;
            if (i == 1) {
                assertArrayEquals(hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"), k);
            }
        }
        assertArrayEquals(hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"), k);
    }

    /** RFC 7748 section 6.1. */
    @Test
    void diffieHellman() throws Exception {
        KeyPair bob = KeyPair.of(hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        byte[] alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        byte[] shared = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assertArrayEquals(shared, X25519.agree(bob, alice));
    }

    /** RFC 5869 appendix A.1. */
    @Test
    void hkdf() {
        byte[] ikm = new byte[22];
        Arrays.fill(ikm, (byte) 0x0b);
        byte[] salt = hex("000102030405060708090a0b0c");
        byte[] prk = hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        byte[] okm = hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
        assertArrayEquals(prk, Hkdf.extract(salt, ikm));
        assertArrayEquals(okm, Hkdf.expand(prk, hex("f0f1f2f3f4f5f6f7f8f9"), 42));
        assertArrayEquals(okm, Hkdf.derive(ikm, salt, hex("f0f1f2f3f4f5f6f7f8f9"), 42));
    }

    /** RFC 5869 appendix A.2: inputs longer than a block of the hash. */
    @Test
    void hkdfOfLongInputs() {
        String okm = "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87";
        assertArrayEquals(hex(okm), Hkdf.derive(count(0x00, 80), count(0x60, 80), count(0xb0, 80), 82));
    }

    /** RFC 5869 appendix A.3: no salt, no info. */
    @Test
    void hkdfWithoutSaltAndInfo() {
        byte[] ikm = new byte[22];
        Arrays.fill(ikm, (byte) 0x0b);
        String okm = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
        assertArrayEquals(hex(okm), Hkdf.derive(ikm, new byte[0], new byte[0], 42));
    }

    /** RFC 9106 section 5.3, Argon2id version 0x13. */
    @Test
    void argon2id() {
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(3)
                .withParallelism(4)
                .withMemoryAsKB(32)
                .withSalt(repeat(0x02, 16))
                .withSecret(repeat(0x03, 8))
                .withAdditional(repeat(0x04, 12))
                .build());
        byte[] tag = new byte[32];
        argon2.generateBytes(repeat(0x01, 32), tag);
        assertArrayEquals(hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"), tag);
    }

    private static byte[] repeat(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] count(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }
}
