package dev.tcprelay.protocol.noise;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * X25519 (RFC 7748 section 5) without low-order points: whoever agrees on a key with such a point agrees on zeros,
 * whatever the private key is. Computed by Bouncy Castle, about twice as fast as the JDK here.
 */
public final class X25519 {

    /** Length of private keys, public keys and agreed secrets, in bytes. */
    public static final int KEY = 32;

    /**
     * The u-coordinates whose order divides 8, on the curve and on its twist, with the encodings of them that are not
     * reduced modulo p = 2^255 - 19. The top bit of an encoding is ignored, so each of them stands for two.
     */
    private static final byte[][] LOW_ORDER = {
        HexFormat.of().parseHex("0000000000000000000000000000000000000000000000000000000000000000"), // 0
        HexFormat.of().parseHex("0100000000000000000000000000000000000000000000000000000000000000"), // 1
        HexFormat.of().parseHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"), // order 8
        HexFormat.of().parseHex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"), // order 8
        HexFormat.of().parseHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"), // p - 1
        HexFormat.of().parseHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"), // p, that is 0
        HexFormat.of().parseHex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"), // p + 1, that is 1
    };

    private X25519() {}

    /**
     * The secret that {@code own} and the owner of {@code publicKey} share, 32 bytes, to be erased after use.
     *
     * @throws AuthenticationException if the public key is of low order
     * @throws IllegalArgumentException unless the public key is 32 bytes long
     */
    public static byte[] agree(KeyPair own, byte[] publicKey) throws AuthenticationException {
        byte[] secret = new byte[KEY];
        requireKey(publicKey, "public key");
        if (!org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(own.secret(), 0, publicKey, 0, secret, 0)) {
            throw new AuthenticationException("public key of low order");
        }
        return secret;
    }

    /**
     * Whether agreeing with this public key gives zeros, and so no secret.
     *
     * @throws IllegalArgumentException unless the public key is 32 bytes long
     */
    public static boolean lowOrder(byte[] publicKey) {
        byte[] canonical = requireKey(publicKey, "public key").clone();
        canonical[KEY - 1] &= 0x7f;
        boolean found = false;
        for (byte[] point : LOW_ORDER) {
            found |= Arrays.equals(point, canonical);
        }
        return found;
    }

    static byte[] requireKey(byte[] key, String what) {
        if (key.length != KEY) {
            throw new IllegalArgumentException("a " + what + " is 32 bytes long, not " + key.length);
        }
        return key;
    }

    static void privateKey(SecureRandom random, byte[] privateKey) {
        org.bouncycastle.math.ec.rfc7748.X25519.generatePrivateKey(random, privateKey);
    }

    static void publicKey(byte[] privateKey, byte[] publicKey) {
        org.bouncycastle.math.ec.rfc7748.X25519.generatePublicKey(privateKey, 0, publicKey, 0);
    }
}
