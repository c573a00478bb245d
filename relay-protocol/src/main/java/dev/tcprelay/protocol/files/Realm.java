package dev.tcprelay.protocol.files;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The 16 random bytes that keep the password keys of different relays apart; public. Written as 32 characters of
 * lower-case hex, which is also what the constructor takes (else IllegalArgumentException).
 */
public record Realm(String hex) {
    private static final int SIZE = 16;

    public Realm {
        if (!valid(hex)) {
            throw new IllegalArgumentException("not a realm");
        }
    }

    public static Realm of(String hex) throws FormatException {
        if (!valid(hex)) {
            throw new FormatException("a realm is 32 characters of 0-9 and a-f; copy it from the relay's relay.pem");
        }
        return new Realm(hex);
    }

    /** From exactly 16 bytes. */
    public static Realm of(byte[] bytes) {
        return new Realm(HexFormat.of().formatHex(bytes));
    }

    public static Realm generate(SecureRandom random) {
        byte[] bytes = new byte[SIZE];
        random.nextBytes(bytes);
        return of(bytes);
    }

    private static boolean valid(String hex) {
        return hex.length() == 2 * SIZE && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    /** A new array of 16 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
