package dev.tcprelay.protocol.wire;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that mean something only as a whole: ids, tokens, secrets. Immutable. Values of different types are never
 * equal, and comparing takes the same time wherever two values differ.
 */
public abstract sealed class Opaque permits NodeId, Instance, SessionId, TunnelId, Token, TicketSecret, SealedTicket {

    private final byte[] bytes;

    /** @throws IllegalArgumentException unless the array, which is copied, has the size */
    Opaque(byte[] bytes, int size) {
        if (bytes.length != size) {
            throw new IllegalArgumentException(size + " bytes wanted, not " + bytes.length);
        }
        this.bytes = bytes.clone();
    }

    /** The value's bytes, a new array. */
    public final byte[] bytes() {
        return bytes.clone();
    }

    final int size() {
        return bytes.length;
    }

    final void put(byte[] out, int at) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
    }

    final String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    static byte[] random(SecureRandom random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof Opaque that
                && getClass() == that.getClass()
                && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** In hexadecimal digits; secrets show only their type. */
    @Override
    public String toString() {
        return hex();
    }
}
