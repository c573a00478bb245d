package dev.tcprelay.relay;

import java.util.Locale;

/** Whether a node wants to be given connections. */
enum NodeState {
    /** Not all of its ports listen yet. */
    STARTING,
    READY,
    /** It is to stop, and does so when nothing runs on it any more: see {@link Drain}. */
    DRAINING,
    /** It ends its sessions. */
    STOPPING;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
