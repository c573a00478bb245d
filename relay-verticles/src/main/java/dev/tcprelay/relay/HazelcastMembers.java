package dev.tcprelay.relay;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.MemberAttributeConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.wire.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that Hazelcast has. What a node says of itself are attributes of its membership, which come and go with
 * it; a node's id is the one that it has in Vert.x.
 */
final class HazelcastMembers implements Members, MembershipListener {
    private static final Logger log = LoggerFactory.getLogger(HazelcastMembers.class);
    /** Set by Vert.x; stays the same when a split cluster has merged. */
    private static final String ID = "__vertx.nodeId";

    private static final String PEER_PORT = "relay.peerPort";
    private static final String NAME = "relay.name";
    private static final String VERSION = "relay.version";

    private final HazelcastInstance hazelcast;
    private final NodeId self;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private volatile Map<NodeId, Member> others = Map.of();
    private final Optional<Member> own;

    private HazelcastMembers(HazelcastInstance hazelcast, NodeId self) {
        this.hazelcast = hazelcast;
        this.self = self;
        this.own = Optional.ofNullable(node(hazelcast.getCluster().getLocalMember()));
    }

    /** What this node will say of itself. */
    static void describe(Config config, ClusterOptions options, int peerPort) {
        MemberAttributeConfig attributes = config.getMemberAttributeConfig();
        attributes.setAttribute(PEER_PORT, String.valueOf(peerPort));
        attributes.setAttribute(NAME, Objects.requireNonNullElse(options.name(), options.host() + ":" + peerPort));
        String version = RelayCluster.class.getPackage().getImplementationVersion();
        attributes.setAttribute(VERSION, Objects.requireNonNullElse(version, "unreleased"));
    }

    static HazelcastMembers of(HazelcastInstance hazelcast, String vertxNodeId) {
        var members = new HazelcastMembers(hazelcast, nodeId(vertxNodeId));
        hazelcast.getCluster().addMembershipListener(members);
        hazelcast.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.MERGED) {
                members.look();
            }
        });
        members.look();
        return members;
    }

    private static NodeId nodeId(String uuid) {
        UUID id = UUID.fromString(uuid);
        return new NodeId(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Optional<Member> own() {
        return own;
    }

    @Override
    public Collection<Member> others() {
        return others.values();
    }

    @Override
    public Optional<Member> find(NodeId id) {
        return Optional.ofNullable(others.get(id));
    }

    @Override
    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        look();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        look();
    }

    /** Compares with what was known, whatever the event said: after a merge not every change has one. */
    private synchronized void look() {
        var now = new HashMap<NodeId, Member>();
        for (com.hazelcast.cluster.Member member : hazelcast.getCluster().getMembers()) {
            Member node = node(member);
            if (node != null && !node.id().equals(self)) {
                now.put(node.id(), node);
            }
        }
        Map<NodeId, Member> before = others;
        others = Map.copyOf(now);
        var left = new ArrayList<>(before.keySet());
        left.removeAll(now.keySet());
        left.forEach(id -> {
            log.info("node {} has left the cluster", id);
            watchers.forEach(watcher -> watcher.left(id));
        });
        now.values().stream().filter(node -> !before.containsKey(node.id())).forEach(node -> {
            log.info("node {} is {}, version {}, at {}", node.id(), node.name(), node.version(), node.peers());
            watchers.forEach(watcher -> watcher.joined(node));
        });
    }

    /** Null for a member that is no relay. Its address is that of its membership; it tells only the port. */
    private static @Nullable Member node(com.hazelcast.cluster.Member member) {
        String id = member.getAttribute(ID);
        String port = member.getAttribute(PEER_PORT);
        String name = member.getAttribute(NAME);
        String version = member.getAttribute(VERSION);
        if (id == null || port == null || name == null || version == null) {
            return null;
        }
        try {
            var peers = new HostPort(member.getAddress().getHost(), Integer.parseInt(port));
            return new Member(nodeId(id), name, version, peers);
        } catch (IllegalArgumentException e) {
            log.warn("a member of the cluster at {} is no relay: {}", member.getAddress(), e.getMessage());
            return null;
        }
    }
}
