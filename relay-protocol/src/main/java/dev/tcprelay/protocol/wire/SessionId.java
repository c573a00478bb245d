package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;

/** What the relay calls one control connection, 16 bytes. */
public final class SessionId extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 16 bytes */
    public SessionId(byte[] bytes) {
        super(bytes, Layout.SESSION_ID);
    }

    public static SessionId random(SecureRandom random) {
        return new SessionId(random(random, Layout.SESSION_ID));
    }
}
