package dev.tcprelay.protocol.files;

import java.util.Base64;

/** Standard base64 with padding (RFC 4648 section 4), of which each value has exactly one accepted text. */
final class CanonicalBase64 {
    private CanonicalBase64() {}

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * The bytes of a text that must hold exactly {@code size} of them; the length is looked at before anything is
     * decoded.
     *
     * @param what begins the message, as in "the public key"
     */
    static byte[] decode(String what, String text, int size) throws FormatException {
        int length = (size + 2) / 3 * 4;
        if (text.length() != length) {
            throw new FormatException(what + " is the base64 of " + size + " bytes, which has " + length
                    + " characters, not " + text.length());
        }
        byte[] bytes = decode(what, text);
        if (bytes.length != size) {
            throw new FormatException(what + " must be " + size + " bytes, not " + bytes.length);
        }
        return bytes;
    }

    /** The bytes of a text whose size the caller has bounded. */
    static byte[] decode(String what, String text) throws FormatException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // Without the cause: its message repeats characters of what may be a secret.
            throw new FormatException(what + " is not base64 (A-Z, a-z, 0-9, '+', '/', with '=' at the end)");
        }
        if (!encode(bytes).equals(text)) {
            throw new FormatException(
                    what + " is not canonical base64: padding is missing or its last bits are not zero");
        }
        return bytes;
    }
}
