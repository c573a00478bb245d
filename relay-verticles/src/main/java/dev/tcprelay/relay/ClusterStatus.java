package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.Members.Member;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as one of its nodes sees it, at one moment.
 *
 * @param nodes this one among them, by their names
 */
record ClusterStatus(List<Row> nodes) {
    /**
     * A member.
     *
     * @param self whether it is the one that tells this
     * @param condition null as long as it has not told
     * @param servers ids that sessions on it serve
     * @param sameUsers whether it has the users that this one has
     */
    record Row(
            Member member,
            boolean self,
            Fleet.@Nullable Condition condition,
            int servers,
            boolean sameUsers,
            PeerLinks.Use links) {
        private JsonObject json() {
            var json = new JsonObject()
                    .put("node", member.id().toString())
                    .put("name", member.name())
                    .put("self", self)
                    .put("version", member.version())
                    .put("address", member.peers().toString())
                    .put("state", state())
                    .put("servers", servers)
                    .put("links", links.json());
            Fleet.Condition known = condition;
            return known == null
                    ? json
                    : json.put("since", Instant.ofEpochSecond(known.started()).toString())
                            .put("sessions", known.sessions())
                            .put("usersHash", known.users())
                            .put("sameUsers", sameUsers);
        }

        private String state() {
            if (condition == null) {
                return "silent";
            }
            return (condition.draining() ? NodeState.DRAINING : NodeState.READY).toString();
        }
    }

    /** Empty for a node without a cluster. */
    static Optional<ClusterStatus> of(Node node) {
        return node.peering().members().own().map(own -> {
            Fleet.Condition here = node.peering().fleet().own();
            Map<NodeId, Integer> servers = node.directory().idsByNode();
            var rows = new ArrayList<Row>();
            rows.add(row(node, own, here, servers));
            for (Member other : node.peering().members().others()) {
                rows.add(row(node, other, node.peering().fleet().of(other.id()), servers));
            }
            rows.sort(Comparator.comparing(row -> row.member().name()));
            return new ClusterStatus(List.copyOf(rows));
        });
    }

    private static Row row(
            Node node, Member member, Fleet.@Nullable Condition condition, Map<NodeId, Integer> servers) {
        return new Row(
                member,
                member.id().equals(node.id()),
                condition,
                servers.getOrDefault(member.id(), 0),
                condition == null || condition.users().equals(node.accounts().hash()),
                node.peering().links().use(member.id()));
    }

    /** Whether two nodes have other users. */
    boolean usersDiffer() {
        return nodes.stream().anyMatch(row -> !row.sameUsers());
    }

    /** All links of this node together. */
    PeerLinks.Use links() {
        return nodes.stream().map(Row::links).reduce(PeerLinks.Use.NONE, PeerLinks.Use::plus);
    }

    JsonObject json() {
        var list = new JsonArray();
        nodes.forEach(row -> list.add(row.json()));
        return new JsonObject().put("usersDiffer", usersDiffer()).put("nodes", list);
    }
}
