package dev.tcprelay.protocol.noise;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Chaining key, hash of all that was said, and the cipher of a handshake (Noise section 5.2). */
final class SymmetricState {

    private static final byte[] NOTHING = {};

    private final Aead aead;
    private final Hash hash;
    private byte[] chainingKey;
    private byte[] h;

    /** Null until the first key. */
    private @Nullable CipherState cipher;

    SymmetricState(String protocolName, Aead aead, Hash hash) {
        this.aead = aead;
        this.hash = hash;
        byte[] name = protocolName.getBytes(StandardCharsets.US_ASCII);
        h = name.length <= hash.length() ? Arrays.copyOf(name, hash.length()) : hash.hash(name);
        chainingKey = h.clone();
    }

    boolean hasKey() {
        return cipher != null;
    }

    byte[] handshakeHash() {
        return h.clone();
    }

    void mixHash(byte[] data) {
        h = hash.hash(h, data);
    }

    void mixKey(byte[] inputKeyMaterial) {
        byte[][] derived = hash.hkdf(chainingKey, inputKeyMaterial, 2);
        chain(derived[0]);
        initializeKey(derived[1]);
    }

    void mixKeyAndHash(byte[] inputKeyMaterial) {
        byte[][] derived = hash.hkdf(chainingKey, inputKeyMaterial, 3);
        chain(derived[0]);
        mixHash(derived[1]);
        initializeKey(derived[2]);
    }

    /** Writes the ciphertext, or the plaintext while there is no key, and returns its length. */
    int encryptAndHash(byte[] plaintext, byte[] out, int outOff) {
        CipherState current = cipher;
        int written = plaintext.length;
        if (current == null) {
            System.arraycopy(plaintext, 0, out, outOff, written);
        } else {
            written = current.seal(h, plaintext, 0, plaintext.length, out, outOff);
        }
        h = hash.hash(h, out, outOff, written);
        return written;
    }

    byte[] decryptAndHash(byte[] in, int inOff, int len) throws AuthenticationException {
        CipherState current = cipher;
        byte[] plaintext;
        if (current == null) {
            plaintext = Arrays.copyOfRange(in, inOff, inOff + len);
        } else {
            plaintext = new byte[Math.max(0, len - CipherState.TAG)];
            current.open(h, in, inOff, len, plaintext, 0);
        }
        h = hash.hash(h, in, inOff, len);
        return plaintext;
    }

    /** From initiator to responder, then the other way. */
    CipherState[] split() {
        byte[][] keys = hash.hkdf(chainingKey, NOTHING, 2);
        CipherState[] pair = {new CipherState(aead, keys[0]), new CipherState(aead, keys[1])};
        Arrays.fill(keys[0], (byte) 0);
        Arrays.fill(keys[1], (byte) 0);
        return pair;
    }

    /** Forgets everything but the handshake hash, which is no secret. */
    void erase() {
        Arrays.fill(chainingKey, (byte) 0);
        cipher = null;
    }

    private void chain(byte[] next) {
        Arrays.fill(chainingKey, (byte) 0);
        chainingKey = next;
    }

    private void initializeKey(byte[] key) {
        CipherState current = cipher;
        if (current == null) {
            cipher = new CipherState(aead, key);
        } else {
            current.initializeKey(key);
        }
        Arrays.fill(key, (byte) 0);
    }
}
