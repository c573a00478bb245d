package dev.tcprelay.skeleton;

import dev.tcprelay.channel.CipherWarmUp;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A skeleton: makes servers available at a relay and serves them. Its config is that of {@link SkeletonOptions}.
 * Deploy it once for each relay and account; more instances are more skeletons of the same servers, each on its event
 * loop.
 *
 * <p>Deploying succeeds at the first login, and also when the first try does not reach the relay, which is then tried
 * for ever. It fails when the config or a file is wrong, with a {@link dev.tcprelay.channel.SettingsException} or a
 * {@link java.nio.file.FileSystemException} that names it, and with a {@link dev.tcprelay.channel.RelayException} when
 * the relay refuses the credentials or does not have the pinned key.
 *
 * <p>Undeploying says goodbye to the relay, closes the legs that wait, and then cuts the tunnels that are joined.
 */
public final class SkeletonVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SkeletonVerticle.class);

    private final Consumer<ServerId> onServing;
    private final Timing timing;
    private @Nullable Skeleton skeleton;

    public SkeletonVerticle() {
        this(id -> {});
    }

    /** @param onServing is called on the verticle's context whenever an id has become available at the relay */
    public SkeletonVerticle(Consumer<ServerId> onServing) {
        this(onServing, Timing.STANDARD);
    }

    SkeletonVerticle(Consumer<ServerId> onServing, Timing timing) {
        this.onServing = onServing;
        this.timing = timing;
    }

    @Override
    public Future<?> start() {
        SkeletonOptions options = SkeletonOptions.of(config());
        CipherWarmUp.once(vertx).onComplete(done -> {}, e -> log.warn("the cipher could not be warmed up", e));
        return vertx.executeBlocking(() -> SkeletonFiles.read(options)).compose(files -> {
            var created = new Skeleton(vertx, context, options, files, timing);
            skeleton = created;
            return created.start(files, onServing);
        });
    }

    @Override
    public Future<?> stop() {
        return skeleton == null ? Future.succeededFuture() : skeleton.stop();
    }
}
