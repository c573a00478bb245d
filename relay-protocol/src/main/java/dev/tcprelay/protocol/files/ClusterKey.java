package dev.tcprelay.protocol.files;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key that the nodes of a cluster share: 32 random bytes, from which the keys of tickets and peer links are
 * derived. A file of two keys is for rotation: the first seals, both open.
 */
public final class ClusterKey {
    private static final String PREFIX = "tcprelay-cluster-1:";
    private static final SecretFile FILE = new SecretFile(
            PREFIX,
            "cluster key",
            "make one with: (umask 077; (printf tcprelay-cluster-1:; openssl rand -base64 32) >cluster.key)");

    private final byte[] bytes;

    private ClusterKey(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ClusterKey generate(SecureRandom random) {
        byte[] bytes = new byte[SecretFile.SIZE];
        random.nextBytes(bytes);
        return new ClusterKey(bytes);
    }

    /** From exactly 32 bytes, which are copied; else IllegalArgumentException. */
    public static ClusterKey of(byte[] bytes) {
        if (bytes.length != SecretFile.SIZE) {
            throw new IllegalArgumentException("a cluster key is 32 bytes, not " + bytes.length);
        }
        return new ClusterKey(bytes.clone());
    }

    /** The one or two keys of a file; the first seals, all open. */
    public static List<ClusterKey> parseFile(String text) throws FormatException {
        return FILE.parse(text).stream().map(ClusterKey::new).toList();
    }

    /** A new array of 32 bytes, the caller's to erase. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The line of cluster.key, without a line end. */
    public String format() {
        return PREFIX + CanonicalBase64.encode(bytes);
    }

    /** In constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClusterKey that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "ClusterKey[hidden]";
    }
}
