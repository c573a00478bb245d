package dev.tcprelay.launcher;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.client.ClientOptions;
import dev.tcprelay.client.ClientVerticle;
import dev.tcprelay.relay.RelayOptions;
import dev.tcprelay.relay.RelayVerticle;
import dev.tcprelay.skeleton.SkeletonOptions;
import dev.tcprelay.skeleton.SkeletonVerticle;
import io.vertx.core.Deployable;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A verticle that config files call by a short name.
 *
 * @param verticle makes an instance; it reads its options from its config
 * @param options reads the same options, so that a config can be verified without deploying it
 * @param maxInstances how many instances may share one config
 */
record VerticleKind(
        String name, Supplier<? extends Deployable> verticle, Function<Settings, ?> options, int maxInstances) {

    /** All that the relay command knows. */
    static List<VerticleKind> all() {
        return List.of(
                new VerticleKind("relay", RelayVerticle::new, RelayOptions::from, 1),
                new VerticleKind("skeleton", SkeletonVerticle::new, SkeletonOptions::from, 64),
                new VerticleKind("client", ClientVerticle::new, ClientOptions::from, 64));
    }
}
