package dev.tcprelay.junit5;

import dev.tcprelay.client.ClientVerticle;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.skeleton.SkeletonVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where skeletons and clients of a {@link RelayHarness} reach the relay: one of its nodes, or the load balancer before
 * all of them. Thread-safe.
 */
public final class Entrance {
    private static final long LOOK_MILLIS = 10;

    private final Vertx vertx;
    private final TestFiles files;
    private final List<RelayNode> nodes;
    private final String name;

    /**
     * @param nodes of the relay, all of them
     * @param name of a relay in the harness's known_relays
     */
    Entrance(Vertx vertx, TestFiles files, List<RelayNode> nodes, String name) {
        this.vertx = vertx;
        this.files = files;
        this.nodes = nodes;
        this.name = name;
    }

    /** What a skeleton or client that enters here has in its config: {@code home} and {@code relay}. */
    public JsonObject config() {
        return new JsonObject().put("home", files.home().toString()).put("relay", name);
    }

    /**
     * Deploys a skeleton that serves one id with a new psk, or with the one that the harness's home has. Completes with
     * the deployment when the relay has taken the id and all of its nodes know of it.
     */
    public Future<String> serve(String id, String host, int port) {
        Promise<ServerId> serving = Promise.promise();
        JsonObject server = new JsonObject().put("id", id).put("target", new HostPort(host, port).toString());
        JsonObject config = config().put("servers", new JsonArray().add(server));
        return vertx.executeBlocking(() -> files.ensurePsk(id))
                .compose(psk -> Deployments.deploy(vertx, new SkeletonVerticle(serving::tryComplete), config))
                .compose(deployment -> serving.future().compose(this::listed).map(deployment));
    }

    /** Nodes tell each other what they serve; that takes about 100 ms. */
    private Future<Void> listed(ServerId id) {
        boolean everywhere = nodes.stream()
                .filter(RelayNode::runs)
                .allMatch(node -> node.relay().lists(id));
        return everywhere
                ? Future.succeededFuture()
                : vertx.timer(LOOK_MILLIS, TimeUnit.MILLISECONDS).compose(v -> listed(id));
    }

    /** Deploys a client with a SOCKS port; completes with that port. */
    public Future<Integer> socks() {
        var client = new ClientVerticle();
        JsonObject socks = new JsonObject().put("host", "127.0.0.1").put("port", 0);
        return Deployments.deploy(vertx, client, config().put("socks", socks)).map(id -> client.socksPort());
    }

    /** Deploys a client that forwards a local port to a server; completes with that port. */
    public Future<Integer> forward(String server) {
        var client = new ClientVerticle();
        JsonObject forward = new JsonObject().put("listen", "127.0.0.1:0").put("server", server);
        return Deployments.deploy(vertx, client, config().put("forwards", new JsonArray().add(forward)))
                .map(id -> client.forwardPorts().get(0));
    }
}
