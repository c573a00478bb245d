package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The id of a node of the cluster, 16 bytes; a new one at each start. */
public final class NodeId extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 16 bytes */
    public NodeId(byte[] bytes) {
        super(bytes, Layout.NODE_ID);
    }

    public static NodeId random(SecureRandom random) {
        return new NodeId(random(random, Layout.NODE_ID));
    }

    /** From 32 hexadecimal digits, as control messages carry it. */
    static NodeId parse(String hex) throws ProtocolException {
        if (hex.length() != 2 * Layout.NODE_ID || !hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new ProtocolException("a node id is 32 hexadecimal digits");
        }
        return new NodeId(HexFormat.of().parseHex(hex));
    }
}
