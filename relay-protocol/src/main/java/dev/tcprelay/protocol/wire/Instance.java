package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;

/** A running process of a client or skeleton, 16 bytes, the same on all of its connections. */
public final class Instance extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 16 bytes */
    public Instance(byte[] bytes) {
        super(bytes, Layout.INSTANCE);
    }

    public static Instance random(SecureRandom random) {
        return new Instance(random(random, Layout.INSTANCE));
    }
}
