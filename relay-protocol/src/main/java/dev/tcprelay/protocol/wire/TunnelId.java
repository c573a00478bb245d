package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;

/** What both ends and the relay call one tunnel in their logs, 8 bytes. */
public final class TunnelId extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 8 bytes */
    public TunnelId(byte[] bytes) {
        super(bytes, Layout.TUNNEL_ID);
    }

    public static TunnelId random(SecureRandom random) {
        return new TunnelId(random(random, Layout.TUNNEL_ID));
    }
}
