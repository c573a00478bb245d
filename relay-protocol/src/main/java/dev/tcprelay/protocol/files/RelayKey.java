package dev.tcprelay.protocol.files;

import dev.tcprelay.protocol.noise.KeyPair;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The text of relay.key and of the key files of users: one PKCS#8 PEM block with an X25519 private key,
 * interchangeable with {@code openssl genpkey -algorithm X25519}.
 */
public final class RelayKey {
    private static final int SIZE = 32;

    /**
     * The DER of PrivateKeyInfo {0, id-X25519, OCTET STRING of OCTET STRING of 32 bytes} up to the key (RFC 8410).
     */
    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b656e04220420");

    private RelayKey() {}

    public static KeyPair parse(String pem) throws FormatException {
        byte[] der = Pem.decode("PRIVATE KEY", pem);
        byte[] key = {};
        try {
            key = Der.value("a private key", PKCS8_PREFIX, SIZE, der);
            return KeyPair.of(key);
        } finally {
            Arrays.fill(der, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    /** The content of a key file. */
    public static String format(KeyPair pair) {
        byte[] key = pair.privateKey();
        byte[] der = Der.join(PKCS8_PREFIX, key);
        try {
            return Pem.encode("PRIVATE KEY", der);
        } finally {
            Arrays.fill(der, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }
}
