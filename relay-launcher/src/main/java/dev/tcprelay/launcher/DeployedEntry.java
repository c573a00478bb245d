package dev.tcprelay.launcher;

import dev.tcprelay.channel.Drainable;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.launcher.DeploymentFile.Entry;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An entry of a config file with the instances that run. For one thread, which is no event loop. */
final class DeployedEntry {
    private final List<Instance> instances = new ArrayList<>();
    private Entry entry;

    DeployedEntry(Entry entry) {
        this.entry = entry;
    }

    /** Completes with the deployment's id. */
    Future<String> deploy(Vertx vertx) {
        DeploymentOptions options =
                new DeploymentOptions().setInstances(entry.instances()).setConfig(entry.config());
        VerticleKind kind = entry.kind();
        Supplier<? extends Deployable> verticle = kind == null
                ? () -> ofClass(entry.verticle())
                : () -> kind.verticle().apply(entry.config());
        Supplier<Deployable> kept = () -> {
            Instance instance = new Instance(verticle.get());
            instances.add(instance);
            return instance;
        };
        return vertx.deployVerticle(kept, options);
    }

    private static Deployable ofClass(String name) {
        try {
            Class<?> type = Class.forName(name, true, DeployedEntry.class.getClassLoader());
            return (Deployable) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("it has no public constructor without arguments that succeeds: " + e, e);
        }
    }

    /** The entry whose config is in effect. */
    Entry entry() {
        return entry;
    }

    /** Those of the instances that want to drain before they are undeployed. */
    List<Drainable> drainable() {
        return instances.stream()
                .filter(instance -> instance.verticle instanceof Drainable)
                .map(instance -> (Drainable) instance.verticle)
                .toList();
    }

    /** Whether the verticle takes another config while it runs. */
    boolean reloadable() {
        return instances.stream().allMatch(instance -> instance.verticle instanceof Reloadable);
    }

    /** Hands the config of the entry to all instances. It is in effect when all of them have taken it. */
    Future<?> reload(Entry changed) {
        List<Future<Void>> taken = instances.stream()
                .map(instance -> instance.reload(changed.config().copy()))
                .toList();
        return Future.join(taken).onSuccess(all -> entry = changed);
    }

    /** A verticle that is reached on its context. */
    private static final class Instance implements Deployable {
        private final Deployable verticle;
        private volatile @Nullable Context context;

        Instance(Deployable verticle) {
            this.verticle = verticle;
        }

        @Override
        public Future<?> deploy(Context own) throws Exception {
            context = own;
            return verticle.deploy(own);
        }

        @Override
        public Future<?> undeploy(Context own) throws Exception {
            return verticle.undeploy(own);
        }

        Future<Void> reload(JsonObject config) {
            Context own = context;
            if (own == null || !(verticle instanceof Reloadable reloadable)) {
                throw new IllegalStateException("not deployed, or not reloadable");
            }
            Promise<Void> taken = Promise.promise();
            // In a compose what it throws is a failure too.
            own.runOnContext(v -> Future.succeededFuture()
                    .compose(now -> reloadable.reload(config).<Void>mapEmpty())
                    .onComplete(taken));
            return taken.future();
        }
    }
}
