package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.wire.NodeId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The nodes of the cluster as its membership has them at this moment. No other source tells where a node is: only a
 * member is dialled, and only at the address that it has as a member. Thread-safe.
 */
interface Members {
    /** This node, a new id at each start. */
    NodeId self();

    /** This node as others see it; empty without a cluster. */
    Optional<Member> own();

    /** All but this node. */
    Collection<Member> others();

    /** Another node, if it is a member now. */
    default Optional<Member> find(NodeId id) {
        return others().stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** Tells of changes from now on, on any thread. */
    void watch(Watcher watcher);

    /**
     * One node.
     *
     * @param name for people
     * @param version of its program, for people
     * @param peers where it takes links
     */
    record Member(NodeId id, String name, String version, HostPort peers) {}

    /** Is told of changes. */
    interface Watcher {
        void joined(Member member);

        /** It left, or is taken for dead. */
        void left(NodeId id);
    }

    /** A node without a cluster. */
    static Members alone(NodeId self) {
        return new Members() {
            @Override
            public NodeId self() {
                return self;
            }

            @Override
            public Optional<Member> own() {
                return Optional.empty();
            }

            @Override
            public Collection<Member> others() {
                return List.of();
            }

            @Override
            public void watch(Watcher watcher) {
                // Nobody comes or goes.
            }
        };
    }
}
