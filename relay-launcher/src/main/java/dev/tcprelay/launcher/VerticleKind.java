package dev.tcprelay.launcher;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.client.ClientOptions;
import dev.tcprelay.client.ClientVerticle;
import dev.tcprelay.relay.ClusteredRelay;
import dev.tcprelay.relay.RelayOptions;
import dev.tcprelay.relay.RelayVerticle;
import dev.tcprelay.skeleton.SkeletonOptions;
import dev.tcprelay.skeleton.SkeletonVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/**
 * A verticle that config files call by a short name.
 *
 * @param verticle makes an instance for a config; it reads its options from that
 * @param options reads the same options, so that a config can be verified without deploying it
 * @param maxInstances how many instances may share one config
 */
record VerticleKind(
        String name,
        Function<JsonObject, ? extends Deployable> verticle,
        Function<Settings, ?> options,
        int maxInstances) {

    /** All that the relay command knows. */
    static List<VerticleKind> all() {
        return List.of(
                new VerticleKind("relay", VerticleKind::relay, RelayOptions::from, 1),
                new VerticleKind("skeleton", config -> new SkeletonVerticle(), SkeletonOptions::from, 64),
                new VerticleKind("client", config -> new ClientVerticle(), ClientOptions::from, 64));
    }

    /** Only a node of a cluster has anything of it. */
    private static Deployable relay(JsonObject config) {
        return config.containsKey("cluster") ? new ClusteredRelay() : new RelayVerticle();
    }
}
