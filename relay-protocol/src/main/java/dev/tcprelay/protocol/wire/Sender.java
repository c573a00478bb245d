package dev.tcprelay.protocol.wire;

/** Who sends a message; not every message may come from everybody (docs/protocol.md, rules M16 and M32). */
public enum Sender {
    RELAY,
    CLIENT,
    SKELETON,
    /** The node that has dialled a peer link; the one that was dialled speaks as {@link #RELAY}. */
    PEER
}
