package dev.tcprelay.protocol.files;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pre-shared key of one server id: 32 random bytes, known to its skeletons and its clients and to no relay. A
 * passphrase in its place would fall to an offline search by the relay.
 */
public final class Psk {
    private static final String PREFIX = "tcprelay-psk-1:";
    private static final SecretFile FILE = new SecretFile(PREFIX, "psk", "make one with: relay psk new ID");

    private final byte[] bytes;

    private Psk(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Psk generate(SecureRandom random) {
        byte[] bytes = new byte[SecretFile.SIZE];
        random.nextBytes(bytes);
        return new Psk(bytes);
    }

    /** From exactly 32 bytes, which are copied; else IllegalArgumentException. */
    public static Psk of(byte[] bytes) {
        if (bytes.length != SecretFile.SIZE) {
            throw new IllegalArgumentException("a psk is 32 bytes, not " + bytes.length);
        }
        return new Psk(bytes.clone());
    }

    /** The psk of a file, or both of them during a rotation, in the order of the file. */
    public static List<Psk> parseFile(String text) throws FormatException {
        return FILE.parse(text).stream().map(Psk::new).toList();
    }

    /** A new array of 32 bytes, the caller's to erase. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The line of the psk's file, without a line end. */
    public String format() {
        return PREFIX + CanonicalBase64.encode(bytes);
    }

    /** In constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Psk that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "Psk[hidden]";
    }
}
