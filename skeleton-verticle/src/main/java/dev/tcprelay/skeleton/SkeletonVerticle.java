package dev.tcprelay.skeleton;

import dev.tcprelay.channel.CipherWarmUp;
import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.nio.file.FileSystemException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
 * <p>While it runs the servers of its config can change, all but their ids, and the psk files are looked at each
 * second.
 *
 * <p>Undeploying says goodbye to the relay, closes the legs that wait, and then cuts the tunnels that are joined.
 */
public final class SkeletonVerticle extends VerticleBase implements Reloadable {
    private static final Logger log = LoggerFactory.getLogger(SkeletonVerticle.class);

    private final Consumer<ServerId> onServing;
    private final Timing timing;
    private @Nullable Running running;
    /** The last reading of files: one at a time, since the next depends on what came of it. */
    private Future<?> reading = Future.succeededFuture();

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

    /** What there is after the start. */
    private record Running(Skeleton skeleton, SkeletonOptions options, PskFiles files) {}

    /** What is read before anything is opened. */
    private record Files(PskFiles pskFiles, Map<ServerId, Psk> psks) {
        static Files read(SkeletonOptions options) throws FileSystemException {
            var pskFiles = new PskFiles(options);
            return new Files(pskFiles, pskFiles.all());
        }
    }

    @Override
    public Future<?> start() {
        SkeletonOptions options = SkeletonOptions.of(config());
        CipherWarmUp.once(vertx).onComplete(done -> {}, e -> log.warn("the cipher could not be warmed up", e));
        return vertx.executeBlocking(() -> Files.read(options))
                .compose(files -> vertx.executeBlocking(() -> RelayLogins.find(
                                options.home(), options.relay(), options.user(), options.keyFile(), Role.SKELETON))
                        .compose(login -> {
                            var skeleton = new Skeleton(context, options, login, timing, onServing);
                            running = new Running(skeleton, options, files.pskFiles);
                            skeleton.serve(options.servers(), files.psks);
                            return skeleton.start();
                        }))
                .onSuccess(v -> look());
    }

    @Override
    public Future<?> reload(JsonObject config) {
        return inTurn(() -> {
            Running before = running;
            if (before == null) {
                return Future.failedFuture("the skeleton does not run");
            }
            SkeletonOptions options = before.options.changed(config);
            return vertx.executeBlocking(() -> Files.read(options)).onSuccess(files -> {
                running = new Running(before.skeleton, options, files.pskFiles);
                before.skeleton.serve(options.servers(), files.psks);
            });
        });
    }

    private void look() {
        vertx.timer(timing.look().toMillis(), TimeUnit.MILLISECONDS)
                .compose(v -> inTurn(this::lookAtPsks))
                .onComplete(looked -> {
                    if (running != null) {
                        look();
                    }
                });
    }

    private Future<?> lookAtPsks() {
        Running now = running;
        return now == null
                ? Future.succeededFuture()
                : vertx.executeBlocking(now.files::changed)
                        .onSuccess(now.skeleton::psks)
                        .onFailure(e -> log.error("the psk files could not be looked at", e));
    }

    private Future<?> inTurn(Supplier<Future<?>> step) {
        Future<?> next = reading.transform(before -> step.get().mapEmpty());
        reading = next;
        return next;
    }

    @Override
    public Future<?> stop() {
        Running last = running;
        running = null;
        return last == null
                ? Future.succeededFuture()
                : last.skeleton.stop().eventually(() -> reading.otherwiseEmpty());
    }
}
