package dev.tcprelay.relay;

import dev.tcprelay.channel.Drainable;
import dev.tcprelay.channel.Reloadable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cluster as its config says: joins, and runs the {@link RelayVerticle} on the Vertx that the cluster has
 * made for it. Deploy one for each node, with the config of {@link RelayOptions}, on any Vertx. Undeploying it leaves
 * the cluster.
 */
public final class ClusteredRelay extends VerticleBase implements Reloadable, Drainable {
    private volatile @Nullable RelayCluster cluster;
    private @Nullable RelayVerticle relay;

    @Override
    public Future<?> start() {
        RelayOptions options = RelayOptions.of(config());
        var base = new VertxOptions().setPreferNativeTransport(true);
        Promise<RelayCluster> joined = Promise.promise();
        // A thread that is none of this Vertx: another Vertx begins there.
        new Thread(() -> RelayCluster.start(options, base).onComplete(joined), "relay-join").start();
        return joined.future().compose(this::deploy);
    }

    private Future<?> deploy(RelayCluster joined) {
        var deployed = new RelayVerticle(joined);
        cluster = joined;
        relay = deployed;
        return joined.vertx()
                .deployVerticle(deployed, new DeploymentOptions().setConfig(config()))
                .recover(e -> leave().transform(left -> Future.failedFuture(e)));
    }

    /** The node, once deployed. */
    public RelayVerticle relay() {
        RelayVerticle deployed = relay;
        if (deployed == null) {
            throw new IllegalStateException("the verticle has not been deployed");
        }
        return deployed;
    }

    @Override
    public Future<?> reload(JsonObject changed) {
        RelayVerticle running = relay();
        Promise<Void> taken = Promise.promise();
        running.onContext(() -> Future.succeededFuture()
                .compose(now -> running.reload(changed).<Void>mapEmpty())
                .onComplete(taken));
        return taken.future();
    }

    @Override
    public void drain(String by) {
        relay().drain(by);
    }

    @Override
    public Future<Void> drained() {
        return relay().drained();
    }

    @Override
    public Future<?> stop() {
        return leave();
    }

    private Future<?> leave() {
        RelayCluster left = cluster;
        cluster = null;
        return left == null ? Future.succeededFuture() : left.vertx().close();
    }

    /** See {@link RelayCluster#crash()}; there is nothing left to be undeployed but this. For any thread. */
    public Future<Void> crash() {
        RelayCluster crashing = cluster;
        cluster = null;
        return crashing == null ? Future.succeededFuture() : crashing.crash();
    }
}
