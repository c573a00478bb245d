package dev.tcprelay.launcher;

import dev.tcprelay.channel.Settings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** A verticle of a user's own. It says on standard output what happens to it. */
public class ExampleVerticle extends VerticleBase {
    @Override
    public Future<?> start() {
        Settings settings = Settings.of(config());
        String name = settings.text("name", "unnamed");
        String fail = settings.optionalText("fail");
        settings.finish();
        System.out.println("start " + name);
        return fail == null ? Future.succeededFuture() : Future.failedFuture(fail);
    }

    @Override
    public Future<?> stop() {
        System.out.println("stop " + config().getString("name"));
        return Future.succeededFuture();
    }
}
