package dev.tcprelay.junit5;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.relay.ClusteredRelay;
import dev.tcprelay.relay.RelayVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link RelayHarness}. In a cluster it has a Vertx of its own, and the same ports whenever it runs.
 * Thread-safe; one change at a time.
 */
public final class RelayNode {
    private final Vertx vertx;
    private final JsonObject config;
    private volatile @Nullable Run run;

    /** One run of the node. */
    private record Run(String deployment, RelayVerticle relay, Supplier<Future<Void>> crash) {}

    /** @param config of the relay verticle */
    RelayNode(Vertx vertx, JsonObject config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** Starts it, for the first time or again. A node of a cluster is a member when this completes. */
    public Future<Void> start() {
        if (config.containsKey("cluster")) {
            var member = new ClusteredRelay();
            return start(member, member::relay, member::crash);
        }
        var alone = new RelayVerticle();
        return start(alone, () -> alone, Future::succeededFuture);
    }

    private Future<Void> start(Deployable verticle, Supplier<RelayVerticle> relay, Supplier<Future<Void>> crash) {
        return Deployments.deploy(vertx, verticle, config).map(deployment -> {
            run = new Run(deployment, relay.get(), crash);
            return null;
        });
    }

    /** Stops it without a drain: it says farewell to its sessions and leaves the cluster. */
    public Future<Void> stop() {
        Run ended = running();
        run = null;
        return vertx.undeploy(ended.deployment());
    }

    /** Ends it as a crash does, as far as that can be within a process: the other nodes see it gone, without a word. */
    public Future<Void> kill() {
        Run ended = running();
        run = null;
        return ended.crash().get().eventually(() -> vertx.undeploy(ended.deployment()));
    }

    /** Whether it runs. */
    public boolean runs() {
        return run != null;
    }

    private Run running() {
        Run now = run;
        if (now == null) {
            throw new IllegalStateException("the node does not run");
        }
        return now;
    }

    /** The relay, with its ports and fingerprint. Another one after each start. */
    public RelayVerticle relay() {
        return running().relay();
    }

    /** Where clients reach this node; known once it has started. */
    HostPort clients() {
        return new HostPort("127.0.0.1", relay().clientPort());
    }

    /** Where skeletons reach this node; known once it has started. */
    HostPort skeletons() {
        return new HostPort("127.0.0.1", relay().skeletonPort());
    }
}
