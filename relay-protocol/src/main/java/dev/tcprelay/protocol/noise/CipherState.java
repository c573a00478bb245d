package dev.tcprelay.protocol.noise;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an encrypted stream of messages: an AEAD key and a counter that never repeats and never wraps
 * (Noise section 5.1). For one thread at a time.
 *
 * <p>After a message that does not open, or any other failure of the cipher, the object is dead: every later call
 * throws {@link IllegalStateException}. There is nothing to be had from the rest of a stream whose order is broken.
 *
 * <p>Input and output may be the same array only at the same offset, or else where the two ranges are disjoint.
 */
public final class CipherState {

    /** Length of a key, in bytes. */
    public static final int KEY = 32;

    /** What sealing adds to a message, in bytes. */
    public static final int TAG = 16;

    /** The counter 2^64-1, which is never used for a message: Noise keeps it for {@link #rekey}. */
    private static final long RESERVED = -1L;

    private final Aead aead;
    private final Cipher cipher;
    private final byte[] iv = new byte[12];

    /** Null once the object is dead. */
    private @Nullable SecretKeySpec key;

    private long n;

    CipherState(Aead aead, byte[] key) {
        this.aead = aead;
        this.cipher = aead.cipher();
        initializeKey(key);
    }

    /**
     * AES-256-GCM with the counter at 0. The key is copied.
     *
     * @throws IllegalArgumentException unless the key is 32 bytes long
     */
    public static CipherState aesGcm(byte[] key) {
        if (key.length != KEY) {
            throw new IllegalArgumentException("a key is 32 bytes long, not " + key.length);
        }
        return new CipherState(Aead.AESGCM, key);
    }

    /** A new key of at least 32 bytes, of which it takes 32, and the counter at 0. */
    void initializeKey(byte[] newKey) {
        key = aead.key(newKey);
        n = 0;
    }

    /**
     * Encrypts {@code in[inOff, inOff + len)} to {@code out}, which gets {@code len + 16} bytes from {@code outOff}.
     *
     * @param ad associated data, authenticated and not sent; may be empty
     * @return {@code len + 16}
     * @throws IllegalStateException if the object is dead or 2^64-1 messages were sealed
     * @throws IndexOutOfBoundsException if a range is outside its array; nothing has changed then
     */
    public int seal(byte[] ad, byte[] in, int inOff, int len, byte[] out, int outOff) {
        SecretKeySpec current = usable();
        checkRanges(in, inOff, len, out, outOff, Math.addExact(len, TAG));
        try {
            init(Cipher.ENCRYPT_MODE, current, n++);
            return run(ad, in, inOff, len, out, outOff);
        } catch (GeneralSecurityException | RuntimeException e) {
            kill(out, outOff, len + TAG);
            throw new IllegalStateException("sealing failed", e);
        }
    }

    /**
     * Decrypts {@code in[inOff, inOff + len)}, ciphertext and tag, to {@code out}, which gets {@code len - 16} bytes
     * from {@code outOff}.
     *
     * @param ad the associated data that the message was sealed with; may be empty
     * @return {@code len - 16}
     * @throws AuthenticationException if it does not open; the output range is zeros then, and the object is dead
     * @throws IllegalStateException if the object is dead or 2^64-1 messages were opened
     * @throws IndexOutOfBoundsException if a range is outside its array; nothing has changed then
     */
    public int open(byte[] ad, byte[] in, int inOff, int len, byte[] out, int outOff) throws AuthenticationException {
        SecretKeySpec current = usable();
        int plain = Math.max(0, len - TAG);
        checkRanges(in, inOff, len, out, outOff, plain);
        if (len < TAG) {
            kill(out, outOff, plain); // JDK 17 throws an unchecked exception for less than a tag
            throw new AuthenticationException("shorter than its tag");
        }
        try {
            init(Cipher.DECRYPT_MODE, current, n++);
            return run(ad, in, inOff, len, out, outOff);
        } catch (GeneralSecurityException | RuntimeException e) {
            kill(out, outOff, plain); // JDK 25 leaves plaintext that is not authenticated in the output
            throw new AuthenticationException("tag does not match");
        }
    }

    /** How many messages were sealed or opened, as an unsigned number. */
    public long nonce() {
        return n;
    }

    void nonce(long value) {
        n = value;
    }

    /**
     * Replaces the key by one that does not give the old one away (Noise sections 4.2 and 11.3); the counter goes on.
     *
     * @throws IllegalStateException if the object is dead
     */
    public void rekey() {
        byte[] next = new byte[KEY + TAG];
        try {
            init(Cipher.ENCRYPT_MODE, alive(), RESERVED);
            cipher.doFinal(next, 0, KEY, next, 0);
            key = aead.key(next);
        } catch (GeneralSecurityException e) {
            key = null;
            throw new IllegalStateException("rekeying failed", e);
        } finally {
            Arrays.fill(next, (byte) 0);
        }
    }

    private void init(int mode, SecretKeySpec with, long counter) throws GeneralSecurityException {
        aead.nonce(counter, iv);
        cipher.init(mode, with, aead.parameters(iv));
    }

    private int run(byte[] ad, byte[] in, int inOff, int len, byte[] out, int outOff) throws GeneralSecurityException {
        if (ad.length > 0) {
            cipher.updateAAD(ad);
        }
        return cipher.doFinal(in, inOff, len, out, outOff);
    }

    private SecretKeySpec alive() {
        SecretKeySpec current = key;
        if (current == null) {
            throw new IllegalStateException("a message has failed before");
        }
        return current;
    }

    private SecretKeySpec usable() {
        if (n == RESERVED) {
            throw new IllegalStateException("nonce exhausted");
        }
        return alive();
    }

    private void kill(byte[] out, int outOff, int len) {
        key = null;
        Arrays.fill(out, outOff, outOff + len, (byte) 0);
    }

    private static void checkRanges(byte[] in, int inOff, int len, byte[] out, int outOff, int outLen) {
        Objects.checkFromIndexSize(inOff, len, in.length);
        Objects.checkFromIndexSize(outOff, outLen, out.length);
        if (in == out && inOff != outOff && inOff < outOff + outLen && outOff < inOff + len) {
            throw new IllegalArgumentException("input and output overlap");
        }
    }
}
