package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;

/** What a skeleton's answer to one NEED must show, 16 bytes (docs/protocol.md, rule M22). */
public final class Token extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 16 bytes */
    public Token(byte[] bytes) {
        super(bytes, Layout.TOKEN);
    }

    public static Token random(SecureRandom random) {
        return new Token(random(random, Layout.TOKEN));
    }

    @Override
    public String toString() {
        return "Token";
    }
}
