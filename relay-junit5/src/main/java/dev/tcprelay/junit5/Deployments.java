package dev.tcprelay.junit5;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** Deploys a verticle by its config, as a config file does. */
final class Deployments {
    private Deployments() {}

    static Future<String> deploy(Vertx vertx, Deployable verticle, JsonObject config) {
        return vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config));
    }
}
