package dev.tcprelay.protocol.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One AEAD direction: what it gives, what it refuses, and that a refusal leaves nothing behind. */
class CipherStateTest {

    private static final byte[] NONE = {};
    private static final byte[] KEY = random(1, CipherState.KEY);

    private final CipherState sender = CipherState.aesGcm(KEY);
    private final CipherState receiver = CipherState.aesGcm(KEY);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 65518, 65519})
    void whatIsSealedOpensInPlaceAndElsewhere(int length) throws Exception {
        byte[] plain = random(length, length);
        byte[] ad = random(7, 33);
        byte[] buffer = Arrays.copyOf(plain, 5 + length + CipherState.TAG);
        System.arraycopy(plain, 0, buffer, 5, length);
        assertEquals(length + CipherState.TAG, sender.seal(ad, buffer, 5, length, buffer, 5));
        byte[] elsewhere = new byte[length + 3];
        assertEquals(length, receiver.open(ad, buffer, 5, length + CipherState.TAG, elsewhere, 3));
        assertArrayEquals(plain, Arrays.copyOfRange(elsewhere, 3, elsewhere.length));

        sender.seal(NONE, plain, 0, length, buffer, 5);
        assertEquals(length, receiver.open(NONE, buffer, 5, length + CipherState.TAG, buffer, 5));
        assertArrayEquals(plain, Arrays.copyOfRange(buffer, 5, 5 + length));
        assertEquals(2, receiver.nonce());
    }

    @Test
    void disjointRangesOfOneArrayAreFine() throws Exception {
        byte[] buffer = Arrays.copyOf(random(3, 20), 56);
        sender.seal(NONE, buffer, 0, 20, buffer, 20);
        receiver.open(NONE, buffer, 20, 36, buffer, 0);
        assertArrayEquals(random(3, 20), Arrays.copyOf(buffer, 20));
    }

    @Test
    void everyFlippedBitIsRefusedAndTheOutputIsZeros() {
        byte[] sealed = seal(sender, random(4, 40));
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] forged = flip(sealed, bit);
            byte[] out = random(5, 60);
            refuses(CipherState.aesGcm(KEY), forged, 0, sealed.length, out, 10);
            assertZeros(out, 10, 50);
            assertArrayEquals(Arrays.copyOf(random(5, 60), 10), Arrays.copyOf(out, 10), "before the range");
            assertArrayEquals(
                    Arrays.copyOfRange(random(5, 60), 50, 60), Arrays.copyOfRange(out, 50, 60), "after the range");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureInPlaceLeavesNoPlaintext(Aead aead) {
        for (int length : new int[] {1, 16, 17, 1000, 8192, 65519}) {
            byte[] buffer = Arrays.copyOf(random(6, length), length + CipherState.TAG);
            new CipherState(aead, KEY).seal(NONE, buffer, 0, length, buffer, 0);
            buffer[buffer.length - 1] ^= 1;
            refuses(new CipherState(aead, KEY), buffer, 0, buffer.length, buffer, 0);
            assertZeros(buffer, 0, length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void lessThanATagIsRefused(Aead aead) {
        for (int length = 0; length < CipherState.TAG; length++) {
            CipherState state = new CipherState(aead, KEY);
            AuthenticationException refusal = refuses(state, new byte[CipherState.TAG], 0, length, new byte[0], 0);
            assertEquals("shorter than its tag", refusal.getMessage(), "refused before the JDK's cipher sees it");
        }
    }

    @Test
    void otherAssociatedDataIsRefused() {
        byte[] sealed = new byte[26];
        sender.seal(new byte[] {1}, random(8, 10), 0, 10, sealed, 0);
        refuses(receiver, sealed, 0, 26, new byte[10], 0);
    }

    @Test
    void aRepeatedADroppedAndASwappedMessageAreRefused() throws Exception {
        byte[] first = seal(sender, random(9, 10));
        byte[] second = seal(sender, random(10, 10));
        refuses(CipherState.aesGcm(KEY), second, 0, 26, new byte[10], 0);
        receiver.open(NONE, first, 0, 26, new byte[10], 0);
        refuses(receiver, first, 0, 26, new byte[10], 0);
    }

    @Test
    void anExhaustedCounterNeverWraps() throws Exception {
        sender.nonce(-2L);
        receiver.nonce(-2L);
        byte[] last = seal(sender, random(11, 10));
        assertArrayEquals(jce(KEY, -2L, random(11, 10)), last);
        assertEquals(10, receiver.open(NONE, last, 0, 26, new byte[10], 0));
        for (int i = 0; i < 3; i++) {
            assertThrows(IllegalStateException.class, () -> seal(sender, NONE));
            assertThrows(IllegalStateException.class, () -> receiver.open(NONE, last, 0, 26, new byte[10], 0));
            sender.rekey();
            receiver.rekey();
        }
        assertEquals(-1L, sender.nonce());
        assertEquals(-1L, receiver.nonce());
    }

    @Test
    void aRekeyOnOneSideOnlyIsNoticed() {
        sender.rekey();
        refuses(receiver, seal(sender, random(12, 10)), 0, 26, new byte[10], 0);
    }

    @Test
    void afterARekeyTheCounterGoesOnAndTheOldKeyNoLongerOpens() throws Exception {
        receiver.open(NONE, seal(sender, NONE), 0, 16, NONE, 0);
        sender.rekey();
        receiver.rekey();
        byte[] sealed = seal(sender, random(13, 10));
        byte[] next = Arrays.copyOf(jce(KEY, -1L, new byte[32]), 32);
        assertArrayEquals(jce(next, 1, random(13, 10)), sealed, "Noise section 4.2");
        CipherState old = CipherState.aesGcm(KEY);
        old.nonce(1);
        refuses(old, sealed, 0, 26, new byte[10], 0);
        assertEquals(10, receiver.open(NONE, sealed, 0, 26, new byte[10], 0));
    }

    /** The same plaintext each time: equal ciphertexts would tell of a key and nonce that were used twice. */
    @Test
    void noKeyAndNonceIsUsedTwice() throws Exception {
        byte[] key = KEY;
        Set<ByteBuffer> seen = new HashSet<>();
        for (int n = 0; n < 1000; n++) {
            if (n > 0 && n % 100 == 0) {
                sender.rekey();
                key = Arrays.copyOf(jce(key, -1L, new byte[32]), 32);
            }
            byte[] sealed = seal(sender, new byte[16]);
            assertArrayEquals(jce(key, n, new byte[16]), sealed);
            assertTrue(seen.add(ByteBuffer.wrap(sealed)));
            assertEquals(n + 1, sender.nonce());
        }
    }

    @Test
    void rangesOutsideTheirArraysAndOverlapsChangeNothing() throws Exception {
        byte[] buffer = new byte[40];
        assertThrows(IndexOutOfBoundsException.class, () -> sender.seal(NONE, buffer, 0, 41, new byte[60], 0));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.seal(NONE, buffer, 0, 30, buffer, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.seal(NONE, buffer, 0, -1, buffer, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.open(NONE, buffer, 30, 20, buffer, 0));
        assertThrows(IllegalArgumentException.class, () -> sender.seal(NONE, buffer, 0, 10, buffer, 5));
        assertThrows(IllegalArgumentException.class, () -> sender.open(NONE, buffer, 5, 30, buffer, 0));
        assertEquals(0, sender.nonce());
        assertEquals(10, receiver.open(NONE, seal(sender, random(14, 10)), 0, 26, buffer, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33})
    void aKeyHas32Bytes(int length) {
        assertThrows(IllegalArgumentException.class, () -> CipherState.aesGcm(new byte[length]));
    }

    @Test
    void theKeyIsCopied() {
        byte[] key = KEY.clone();
        CipherState copy = CipherState.aesGcm(key);
        Arrays.fill(key, (byte) 0);
        assertArrayEquals(seal(sender, NONE), seal(copy, NONE));
    }

    private static AuthenticationException refuses(
            CipherState state, byte[] in, int off, int len, byte[] out, int outOff) {
        AuthenticationException refusal =
                assertThrows(AuthenticationException.class, () -> state.open(NONE, in, off, len, out, outOff));
        assertThrows(IllegalStateException.class, () -> state.open(NONE, in, off, len, out, outOff));
        assertThrows(IllegalStateException.class, () -> seal(state, NONE));
        assertThrows(IllegalStateException.class, state::rekey);
        return refusal;
    }

    private static byte[] seal(CipherState state, byte[] plain) {
        byte[] sealed = new byte[plain.length + CipherState.TAG];
        state.seal(NONE, plain, 0, plain.length, sealed, 0);
        return sealed;
    }

    /** AES-256-GCM by the JDK alone, with the nonce of Noise section 12.4. */
    private static byte[] jce(byte[] key, long n, byte[] plain) throws Exception {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] iv = ByteBuffer.allocate(12).putInt(0).putLong(n).array();
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
        return cipher.doFinal(plain);
    }

    private static void assertZeros(byte[] bytes, int from, int to) {
        assertArrayEquals(new byte[to - from], Arrays.copyOfRange(bytes, from, to));
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        return flipped;
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
