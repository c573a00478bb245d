package dev.tcprelay.protocol.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, and points that must not be agreed with. */
class X25519Test {

    /**
     * All encodings of all low-order points: every value below 2^256 that is one of them modulo p without its top bit.
     */
    static final List<byte[]> LOW_ORDER = lowOrder();

    private static List<byte[]> lowOrder() {
        BigInteger p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
        BigInteger u = new BigInteger("325606250916557431795983626356110631294008115727848805560023387167927233504");
        BigInteger v = new BigInteger("39382357235489614581723060781553021112529911719440698176882885853963445705823");
        List<byte[]> encodings = new ArrayList<>();
        for (BigInteger point : List.of(BigInteger.ZERO, BigInteger.ONE, u, v, p.subtract(BigInteger.ONE))) {
            for (BigInteger value = point; value.bitLength() <= 255; value = value.add(p)) {
                encodings.add(encode(value));
                encodings.add(encode(value.setBit(255)));
            }
        }
        return encodings;
    }

    private static byte[] encode(BigInteger value) {
        byte[] little = new byte[32];
        for (int i = 0; i < 32; i++) {
            little[i] = value.shiftRight(8 * i).byteValue();
        }
        return little;
    }

    @Test
    void everyEncodingOfALowOrderPointIsRefused() {
        assertEquals(14, LOW_ORDER.size());
        KeyPair own = KeyPair.generate(new SecureRandom());
        for (byte[] point : LOW_ORDER) {
            assertTrue(X25519.lowOrder(point), () -> HexFormat.of().formatHex(point));
            assertThrows(AuthenticationException.class, () -> X25519.agree(own, point));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Handshake.named(Pairing.IK).remoteStatic(point));
        }
    }

    /** Neighbours of low-order points and random ones: the list decides as the computation does. */
    @Test
    void otherPointsAreAccepted() throws Exception {
        KeyPair own = KeyPair.generate(new SecureRandom());
        for (byte[] point : LOW_ORDER) {
            byte[] neighbour = point.clone();
            neighbour[0] ^= 4;
            assertFalse(X25519.lowOrder(neighbour));
            assertEquals(32, X25519.agree(own, neighbour).length);
        }
        for (int i = 0; i < 100; i++) {
            assertFalse(X25519.lowOrder(KeyPair.generate(new SecureRandom()).publicKey()));
        }
    }

    @Test
    void bothSidesAgree() throws Exception {
        KeyPair a = KeyPair.generate(new SecureRandom());
        KeyPair b = KeyPair.generate(new SecureRandom());
        assertArrayEquals(X25519.agree(a, b.publicKey()), X25519.agree(b, a.publicKey()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33, 64})
    void keysHave32Bytes(int length) {
        byte[] key = new byte[length];
        KeyPair own = KeyPair.generate(new SecureRandom());
        assertThrows(IllegalArgumentException.class, () -> KeyPair.of(key));
        assertThrows(IllegalArgumentException.class, () -> X25519.lowOrder(key));
        assertThrows(IllegalArgumentException.class, () -> X25519.agree(own, key));
    }

    @Test
    void aPairKeepsItsKeysToItself() {
        byte[] secret = new SecureRandom().generateSeed(32);
        KeyPair pair = KeyPair.of(secret);
        byte[] expected = pair.publicKey();
        pair.publicKey()[0] ^= 1;
        pair.privateKey()[0] ^= 1;
        byte[] given = secret.clone();
        Arrays.fill(secret, (byte) 0);
        assertArrayEquals(given, pair.privateKey());
        assertArrayEquals(expected, pair.publicKey());
        assertTrue(pair.toString().contains(HexFormat.of().formatHex(expected)));
        assertFalse(pair.toString().contains(HexFormat.of().formatHex(given)));
    }

    @Test
    void generatedPairsDiffer() {
        KeyPair a = KeyPair.generate(new SecureRandom());
        KeyPair b = KeyPair.generate(new SecureRandom());
        assertFalse(Arrays.equals(a.publicKey(), b.publicKey()));
    }
}
