package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How the other nodes are, as far as they have told. Thread-safe. */
final class Fleet {
    private final Map<NodeId, Condition> others = new ConcurrentHashMap<>();
    private volatile @Nullable Condition own;

    /**
     * How a node is.
     *
     * @param sessions of clients and skeletons that it has
     * @param draining that it is about to stop
     * @param users the hash of its users
     * @param started when this run of it did, in seconds of Unix time
     */
    record Condition(int sessions, boolean draining, String users, long started) {}

    /** How this node is: what it told last. */
    @Nullable
    Condition own() {
        return own;
    }

    void own(Condition now) {
        own = now;
    }

    /** What that node has told last; null when it has not, or is gone. */
    @Nullable
    Condition of(NodeId node) {
        return others.get(node);
    }

    void told(NodeId node, Condition now) {
        others.put(node, now);
    }

    /** It is gone, or silent. */
    void left(NodeId node) {
        others.remove(node);
    }

    /** Whether that node is about to stop: it comes last, and still serves. */
    boolean draining(NodeId node) {
        Condition known = others.get(node);
        return known != null && known.draining();
    }

    /** Nodes and their sessions. */
    record Share(int sessions, int nodes) {
        /** What each would have if all had the same, rounded up. */
        int average() {
            return (sessions + nodes - 1) / nodes;
        }
    }

    /** Of all nodes that stay, this one with so many sessions among them. */
    Share with(int own) {
        List<Condition> staying =
                others.values().stream().filter(other -> !other.draining()).toList();
        int sessions = staying.stream().mapToInt(Condition::sessions).sum();
        return new Share(own + sessions, 1 + staying.size());
    }
}
