package dev.tcprelay.protocol.files;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a person compares to trust a relay's key: {@code SHA256:} and the base64 of the SHA-256 of the key's 44-byte
 * SubjectPublicKeyInfo, the same as openssl computes from relay.key. Written with padding, read with or without.
 */
public final class Fingerprint {
    private static final String PREFIX = "SHA256:";
    private static final int SIZE = 32;
    private static final int KEY_ID_SIZE = 16;

    private final byte[] digest;

    private Fingerprint(byte[] digest) {
        this.digest = digest;
    }

    public static Fingerprint of(PublicKey key) {
        return new Fingerprint(Digests.sha256().digest(key.spki()));
    }

    public static Fingerprint parse(String text) throws FormatException {
        if (!text.startsWith(PREFIX)) {
            throw new FormatException(
                    "a fingerprint begins with " + PREFIX + "; copy it whole from the relay's operator");
        }
        String base64 = text.substring(PREFIX.length());
        String padded = base64.length() == 43 ? base64 + "=" : base64;
        return new Fingerprint(CanonicalBase64.decode("a fingerprint", padded, SIZE));
    }

    /** The first 16 bytes of the digest, which HELLO carries; a new array. */
    public byte[] keyId() {
        return Arrays.copyOf(digest, KEY_ID_SIZE);
    }

    /** In constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fingerprint that && MessageDigest.isEqual(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return PREFIX + CanonicalBase64.encode(digest);
    }
}
