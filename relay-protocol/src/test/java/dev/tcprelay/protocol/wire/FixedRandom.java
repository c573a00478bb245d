package dev.tcprelay.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** The same "random" bytes in every run: SHA-256 of a label and a counter. */
final class FixedRandom extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private final String label;
    private int drawn;

    FixedRandom(String label) {
        super(null, null);
        this.label = label;
    }

    @Override
    public void nextBytes(byte[] bytes) {
        try {
            for (int at = 0; at < bytes.length; at += 32) {
                byte[] block = MessageDigest.getInstance("SHA-256")
                        .digest((label + " " + drawn++).getBytes(StandardCharsets.US_ASCII));
                System.arraycopy(block, 0, bytes, at, Math.min(32, bytes.length - at));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** What the first draw of a generator with this label gives. */
    static byte[] first(String label, int size) {
        byte[] bytes = new byte[size];
        new FixedRandom(label).nextBytes(bytes);
        return bytes;
    }
}
