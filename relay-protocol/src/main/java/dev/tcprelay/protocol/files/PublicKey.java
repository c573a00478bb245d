package dev.tcprelay.protocol.files;

import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.noise.X25519;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An X25519 public key that is fit to be stored: 32 bytes, not of low order (such a key would be a login without a
 * key), and in the one encoding that key generation produces, so that equal keys are equal bytes.
 */
public final class PublicKey {
    public static final int SIZE = X25519.KEY;

    /** The DER of SubjectPublicKeyInfo {id-X25519, BIT STRING of 32 bytes} up to the key (RFC 8410). */
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");

    /** p - 1 = 2^255 - 20, little-endian: the largest reduced coordinate. */
    private static final byte[] LARGEST =
            HexFormat.of().parseHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    private final byte[] bytes;

    private PublicKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The public half of a key pair. */
    public static PublicKey of(KeyPair pair) {
        return new PublicKey(pair.publicKey());
    }

    /** From raw bytes, which are copied. */
    public static PublicKey of(byte[] raw) throws FormatException {
        if (raw.length != SIZE) {
            throw new FormatException("a public key is " + SIZE + " bytes, not " + raw.length);
        }
        if (X25519.lowOrder(raw)) {
            throw new FormatException("a public key of low order, which protects nothing; make a new key");
        }
        if (!reduced(raw)) {
            throw new FormatException("not the canonical encoding of a public key; make a new key");
        }
        return new PublicKey(raw.clone());
    }

    /** From the base64 of the raw bytes. */
    static PublicKey parse(String base64) throws FormatException {
        return of(CanonicalBase64.decode("a public key", base64, SIZE));
    }

    /** From the DER of SubjectPublicKeyInfo. */
    static PublicKey ofSpki(byte[] der) throws FormatException {
        byte[] raw = Der.value("a public key", SPKI_PREFIX, SIZE, der);
        return of(raw);
    }

    private static boolean reduced(byte[] raw) {
        for (int i = SIZE - 1; i >= 0; i--) {
            int difference = (raw[i] & 0xff) - (LARGEST[i] & 0xff);
            if (difference != 0) {
                return difference < 0;
            }
        }
        return true;
    }

    /** A new array of 32 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The DER of SubjectPublicKeyInfo, 44 bytes, a new array. */
    public byte[] spki() {
        return Der.join(SPKI_PREFIX, bytes);
    }

    public Fingerprint fingerprint() {
        return Fingerprint.of(this);
    }

    /** Whether these raw bytes, of any length, are this key; in constant time. */
    public boolean matches(byte[] raw) {
        return MessageDigest.isEqual(bytes, raw);
    }

    /** In constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PublicKey that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The base64 of the raw bytes. */
    @Override
    public String toString() {
        return CanonicalBase64.encode(bytes);
    }
}
