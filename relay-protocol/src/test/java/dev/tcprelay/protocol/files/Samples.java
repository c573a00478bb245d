package dev.tcprelay.protocol.files;

import dev.tcprelay.protocol.noise.KeyPair;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Keys that the tests of this package share. */
final class Samples {
    /** Written by OpenSSL 3.0: {@code openssl genpkey -algorithm X25519}. */
    static final String OPENSSL_KEY = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VuBCIEIAAuNmWM31GufuHX6zyU6Go5KpbwtAptS6URU5COlqpK
            -----END PRIVATE KEY-----
            """;

    /** Of the same key: {@code openssl pkey -pubout}. */
    static final String OPENSSL_PUBLIC = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VuAyEA7GnVLldiho8sXgIBJcS/J62lY6shfuO76E9fOsOlKHw=
            -----END PUBLIC KEY-----
            """;

    /** Of the same key: {@code openssl pkey -pubout -outform DER | openssl dgst -sha256 -binary | base64}. */
    static final String OPENSSL_FINGERPRINT = "SHA256:l4rZkBGMxEonnV7M2yHnOG7hTtvqYpFiviQrYHjrR4Q=";

    static final Realm REALM = new Realm("000102030405060708090a0b0c0d0e0f");

    /** Every encoding of every point of small order, on the curve and on its twist. */
    static final List<byte[]> LOW_ORDER = List.of(
            hex("0000000000000000000000000000000000000000000000000000000000000000"),
            hex("0100000000000000000000000000000000000000000000000000000000000000"),
            hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            hex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
            hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            hex("0000000000000000000000000000000000000000000000000000000000000080"),
            hex("0100000000000000000000000000000000000000000000000000000000000080"),
            hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880"),
            hex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7"),
            hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
            hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
            hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));

    private Samples() {}

    /** A key pair that depends on the seed only. */
    static KeyPair pair(int seed) {
        byte[] privateKey = new byte[32];
        privateKey[1] = (byte) seed;
        privateKey[2] = (byte) (seed >>> 8);
        return KeyPair.of(privateKey);
    }

    static PublicKey key(int seed) {
        return PublicKey.of(pair(seed));
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
