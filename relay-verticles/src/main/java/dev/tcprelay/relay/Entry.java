package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one node tells the others about an offer.
 *
 * @param claim of a session on that node, or null
 * @param spares that wait on that node
 * @param tunnels that are open and whose client is on that node
 */
record Entry(Offer offer, @Nullable Claim claim, int spares, int tunnels) {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** There is nothing to tell. */
    boolean empty() {
        return claim == null && spares == 0 && tunnels == 0;
    }

    /** The same without its claim. */
    Entry unclaimed() {
        return new Entry(offer, null, spares, tunnels);
    }

    /** A digest that is the same in every process, FNV-1a of 64 bits; not for those who would forge one. */
    long hash() {
        NodeId node = claim == null ? null : claim.node();
        String text = offer + "|" + node + "|" + (claim == null ? "" : claim.mode() + "|" + claim.stamp()) + "|"
                + spares + "|" + tunnels;
        long hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
