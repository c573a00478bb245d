package dev.tcprelay.protocol.noise;

import java.util.Arrays;

/** HKDF with HMAC-SHA-256 (RFC 5869). */
public final class Hkdf {

    private static final int HASH = 32;
    private static final int MAX = 255 * HASH;

    private Hkdf() {}

    /**
     * Extract, then expand.
     *
     * @param ikm input key material, the secret
     * @param salt not secret, may be empty
     * @param info what the key is for, may be empty
     * @param length bytes wanted, 0 to 8160
     * @throws IllegalArgumentException if the length is out of range
     */
    public static byte[] derive(byte[] ikm, byte[] salt, byte[] info, int length) {
        byte[] prk = extract(salt, ikm);
        try {
            return expand(prk, info, length);
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }

    /** RFC 5869 section 2.2: a pseudorandom key of 32 bytes. */
    public static byte[] extract(byte[] salt, byte[] ikm) {
        return Hash.named("SHA256").hmac(salt, ikm);
    }

    /**
     * RFC 5869 section 2.3: {@code length} bytes, at most 8160, from a pseudorandom key.
     *
     * @throws IllegalArgumentException if the length is out of range
     */
    public static byte[] expand(byte[] prk, byte[] info, int length) {
        if (length < 0 || length > MAX) {
            throw new IllegalArgumentException("HKDF-SHA-256 gives 0 to " + MAX + " bytes, not " + length);
        }
        Hash hash = Hash.named("SHA256");
        byte[] okm = new byte[length];
        byte[] previous = {};
        for (int at = 0; at < length; at += HASH) {
            byte[] next = hash.hmac(prk, previous, info, new byte[] {(byte) (at / HASH + 1)});
            Arrays.fill(previous, (byte) 0);
            previous = next;
            System.arraycopy(previous, 0, okm, at, Math.min(HASH, length - at));
        }
        Arrays.fill(previous, (byte) 0);
        return okm;
    }
}
