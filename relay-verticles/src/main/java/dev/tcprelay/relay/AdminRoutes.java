package dev.tcprelay.relay;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node answers to those who operate it: the one table of its paths. Snapshots are taken and written on a worker,
 * so that no event loop waits for a large directory.
 */
final class AdminRoutes {
    private static final String JSON = "application/json";

    private final Vertx vertx;
    private final Supplier<NodeState> state;
    private final Supplier<NodeStatus> status;
    private final Consumer<String> drain;
    private final Counters counters;
    private @Nullable Metrics metrics;

    /**
     * @param status takes a snapshot; called on a worker
     * @param drain begins a drain, if none has begun, for whom is named
     */
    AdminRoutes(
            Vertx vertx,
            Counters counters,
            Supplier<NodeState> state,
            Supplier<NodeStatus> status,
            Consumer<String> drain) {
        this.vertx = vertx;
        this.counters = counters;
        this.state = state;
        this.status = status;
        this.drain = drain;
    }

    /** Answers one request. */
    interface Route {
        Future<Answer> answer();
    }

    /** Status code, type and body of a response. */
    record Answer(int status, String type, Buffer body) {
        static Answer text(int status, String line) {
            return new Answer(status, "text/plain; charset=utf-8", Buffer.buffer(line + "\n"));
        }
    }

    /** On the port, which whoever reaches it may ask: nothing of users or servers by name. */
    Map<String, Route> probes() {
        return Map.of("/live", this::live, "/ready", this::ready, "/metrics", this::metrics);
    }

    /** On the socket, which only the node's own account and root reach. */
    Map<String, Route> all() {
        Map<String, Route> all = new HashMap<>(probes());
        all.put("/status", this::status);
        return all;
    }

    /** On the socket too: what changes something. */
    Map<String, Route> commands() {
        return Map.of("/drain", this::drain);
    }

    /** That this answers is the answer. */
    private Future<Answer> live() {
        return Future.succeededFuture(Answer.text(200, "live"));
    }

    private Future<Answer> ready() {
        NodeState now = state.get();
        return Future.succeededFuture(Answer.text(now == NodeState.READY ? 200 : 503, now.toString()));
    }

    private Future<Answer> metrics() {
        return vertx.executeBlocking(
                () -> new Answer(200, Metrics.TYPE, Buffer.buffer(registry().of(status.get()))));
    }

    /** Made when it is asked for: most nodes are never scraped, and all shall start fast. */
    private synchronized Metrics registry() {
        Metrics made = metrics == null ? new Metrics(counters) : metrics;
        metrics = made;
        return made;
    }

    /** Does not wait for the end, which is the end of the socket too. */
    private Future<Answer> drain() {
        drain.accept("a command");
        return Future.succeededFuture(
                new Answer(202, JSON, new JsonObject().put("state", "draining").toBuffer()));
    }

    private Future<Answer> status() {
        return vertx.executeBlocking(
                () -> new Answer(200, JSON, status.get().json().toBuffer()));
    }
}
