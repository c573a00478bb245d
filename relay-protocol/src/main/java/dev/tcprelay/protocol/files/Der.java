package dev.tcprelay.protocol.files;

import java.util.Arrays;

/**
 * The two DER structures of X25519 keys (RFC 8410). Both are a constant and then the key, and DER has one encoding for
 * each value, so that comparing the constant is the whole parser.
 */
final class Der {
    private Der() {}

    /** The key at the end of a structure; {@code what} begins the message, as in "a public key". */
    static byte[] value(String what, byte[] prefix, int size, byte[] der) throws FormatException {
        int length = prefix.length + size;
        if (der.length != length) {
            throw new FormatException(what + " of X25519 has " + length + " bytes in DER, this has " + der.length
                    + "; make it with: openssl genpkey -algorithm X25519");
        }
        if (!Arrays.equals(der, 0, prefix.length, prefix, 0, prefix.length)) {
            throw new FormatException(
                    what + " of another kind than X25519; make it with: openssl genpkey -algorithm X25519");
        }
        return Arrays.copyOfRange(der, prefix.length, length);
    }

    static byte[] join(byte[] prefix, byte[] key) {
        byte[] der = Arrays.copyOf(prefix, prefix.length + key.length);
        System.arraycopy(key, 0, der, prefix.length, key.length);
        return der;
    }
}
