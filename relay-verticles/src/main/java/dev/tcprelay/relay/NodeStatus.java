package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node is, has and did, at one moment. The names of its JSON are stable and listed in docs/operations.md.
 *
 * @param run what stays the same
 * @param drain how far it has come; null while the node does not drain
 * @param servers the available ids, in order
 */
record NodeStatus(
        Run run, NodeState state, @Nullable JsonObject drain, Node node, List<Server> servers, ProcessStatus process) {

    /**
     * One run of a node.
     *
     * @param httpPort where relay.pem is
     * @param adminPort 0 for none
     */
    record Run(Instant started, Fingerprint fingerprint, int httpPort, int adminPort) {}

    /**
     * An available id.
     *
     * @param skeletons that serve it, on whatever nodes
     * @param spares on this node
     * @param tunnels whose client is on this node
     */
    record Server(String id, int skeletons, int spares, int tunnels) {
        static Server of(Node node, ServerId id) {
            List<Offer> offers = node.directory().offers(id);
            return new Server(
                    id.value(),
                    offers.size(),
                    offers.stream().mapToInt(node.spares()::count).sum(),
                    offers.stream().mapToInt(node.tunnels()::of).sum());
        }

        JsonObject json() {
            return new JsonObject()
                    .put("id", id)
                    .put("skeletons", skeletons)
                    .put("spares", spares)
                    .put("tunnels", tunnels);
        }
    }

    /** Looks at everything; waits for nothing, but walks through the whole directory. */
    static NodeStatus of(Run run, NodeState state, @Nullable JsonObject drain, Node node) {
        List<Server> servers = node.directory()
                .after(null)
                .map(available -> Server.of(node, available.id()))
                .toList();
        return new NodeStatus(run, state, drain, node, servers, ProcessStatus.now());
    }

    static String version() {
        String packaged = NodeStatus.class.getPackage().getImplementationVersion();
        return Objects.requireNonNullElse(packaged, "(not packaged)");
    }

    long uptimeSeconds() {
        return Duration.between(run.started(), Instant.now()).toSeconds();
    }

    int spares() {
        return servers.stream().mapToInt(Server::spares).sum();
    }

    /** Of both sides and of tunnels carried for other nodes, joined and waiting. */
    int legs() {
        Tunnels tunnels = node.tunnels();
        return node.warmLegs().size() + spares() + 2 * (tunnels.open() + tunnels.carried());
    }

    JsonObject json() {
        JsonArray list = new JsonArray();
        servers.forEach(server -> list.add(server.json()));
        JsonObject json = new JsonObject()
                .put("version", version())
                .put("node", node.id().toString())
                .put("state", state.toString());
        if (drain != null) {
            json.put("drain", drain);
        }
        ClusterStatus.of(node).ifPresent(cluster -> json.put("cluster", cluster.json()));
        return json.put("started", run.started().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("uptimeSeconds", uptimeSeconds())
                .put("fingerprint", run.fingerprint().toString())
                .put("ports", ports())
                .put("users", users())
                .put("sessions", sessions())
                .put("connections", connections())
                .put("counters", counters())
                .put("process", process.json())
                .put("servers", list);
    }

    private JsonObject ports() {
        JsonObject ports = new JsonObject()
                .put("clients", node.ports().clients())
                .put("skeletons", node.ports().skeletons())
                .put("http", run.httpPort());
        return run.adminPort() == 0 ? ports : ports.put("admin", run.adminPort());
    }

    private JsonObject users() {
        return new JsonObject()
                .put("count", node.accounts().size())
                .put("hash", node.accounts().hash());
    }

    private JsonObject sessions() {
        return new JsonObject()
                .put("clients", node.sessions().count(Role.CLIENT))
                .put("skeletons", node.sessions().count(Role.SKELETON));
    }

    private JsonObject connections() {
        return new JsonObject()
                .put("tunnels", node.tunnels().open())
                .put("carried", node.tunnels().carried())
                .put("legs", legs())
                .put("warmLegs", node.warmLegs().size())
                .put("spares", spares())
                .put("unauthenticated", node.admission().size());
    }

    private JsonObject counters() {
        JsonObject json = new JsonObject();
        node.counters()
                .all()
                .forEach(counter -> json.put(counter.name(), counter.count().sum()));
        return json;
    }
}
