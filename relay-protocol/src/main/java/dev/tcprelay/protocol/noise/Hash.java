package dev.tcprelay.protocol.noise;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bouncycastle.jcajce.provider.digest.Blake2b;
import org.bouncycastle.jcajce.provider.digest.Blake2s;

/** A hash function with HMAC (RFC 2104) and HKDF as Noise defines it (sections 4.3 and 12.3 to 12.6). */
final class Hash {

    private final MessageDigest digest;
    private final int block;

    private Hash(MessageDigest digest, int block) {
        this.digest = digest;
        this.block = block;
    }

    /** By its name in a Noise protocol name. */
    static Hash named(String name) {
        return switch (name) {
            case "SHA256" -> new Hash(jdk("SHA-256"), 64);
            case "SHA512" -> new Hash(jdk("SHA-512"), 128);
            case "BLAKE2s" -> new Hash(new Blake2s.Blake2s256(), 64);
            case "BLAKE2b" -> new Hash(new Blake2b.Blake2b512(), 128);
            default -> throw new IllegalArgumentException("unknown hash function: " + name);
        };
    }

    private static MessageDigest jdk(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    int length() {
        return digest.getDigestLength();
    }

    byte[] hash(byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    /** The hash of {@code head} followed by a part of {@code in}. */
    byte[] hash(byte[] head, byte[] in, int off, int len) {
        digest.update(head);
        digest.update(in, off, len);
        return digest.digest();
    }

    byte[] hmac(byte[] key, byte[]... parts) {
        byte[] pad = Arrays.copyOf(key.length > block ? hash(key) : key, block);
        xor(pad, 0x36);
        digest.update(pad);
        byte[] inner = hash(parts);
        xor(pad, 0x36 ^ 0x5c);
        byte[] mac = hash(pad, inner);
        Arrays.fill(pad, (byte) 0);
        return mac;
    }

    /** Noise's HKDF: RFC 5869 with empty info and whole hash outputs, {@code outputs} of them. */
    byte[][] hkdf(byte[] chainingKey, byte[] inputKeyMaterial, int outputs) {
        byte[] key = hmac(chainingKey, inputKeyMaterial);
        byte[][] result = new byte[outputs][];
        byte[] previous = {};
        for (int i = 0; i < outputs; i++) {
            previous = hmac(key, previous, new byte[] {(byte) (i + 1)});
            result[i] = previous;
        }
        Arrays.fill(key, (byte) 0);
        return result;
    }

    private static void xor(byte[] bytes, int mask) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= (byte) mask;
        }
    }
}
