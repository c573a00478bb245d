package dev.tcprelay.protocol.noise;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An X25519 key pair (RFC 7748), 32 bytes each. The public key is computed once, here. Immutable and usable on any
 * thread, except for ephemeral pairs, which the handshake that asked for them erases.
 */
public final class KeyPair {

    private final byte[] privateKey;
    private final byte[] publicKey = new byte[X25519.KEY];

    private KeyPair(byte[] privateKey) {
        this.privateKey = privateKey;
        X25519.publicKey(privateKey, publicKey);
    }

    /** A new pair whose private key comes from {@code random}. */
    public static KeyPair generate(SecureRandom random) {
        byte[] privateKey = new byte[X25519.KEY];
        X25519.privateKey(random, privateKey);
        return new KeyPair(privateKey);
    }

    /**
     * The pair of a private key; the array is copied.
     *
     * @throws IllegalArgumentException unless it is 32 bytes long
     */
    public static KeyPair of(byte[] privateKey) {
        return new KeyPair(X25519.requireKey(privateKey, "private key").clone());
    }

    /** A copy of the public key. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** A copy of the private key, for writing it to its file. */
    public byte[] privateKey() {
        return privateKey.clone();
    }

    /** The private key itself, never to leave the package. */
    byte[] secret() {
        return privateKey;
    }

    void erase() {
        Arrays.fill(privateKey, (byte) 0);
    }

    /** Tells the public key; the private key is not shown anywhere. */
    @Override
    public String toString() {
        return "KeyPair[" + HexFormat.of().formatHex(publicKey) + "]";
    }
}
