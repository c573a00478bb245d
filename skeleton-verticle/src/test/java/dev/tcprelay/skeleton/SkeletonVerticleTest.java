package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Deployed by a config, as the Vert.x way is. */
@ExtendWith(VertxExtension.class)
class SkeletonVerticleTest {
    private static DeploymentOptions options(JsonObject config) {
        return new DeploymentOptions().setConfig(config);
    }

    private static JsonObject server(String id) {
        return new JsonObject().put("id", id).put("target", "127.0.0.1:8080");
    }

    @Test
    void aWrongConfigFailsTheDeploymentWithEveryProblem(Vertx vertx, VertxTestContext context) {
        JsonObject config = new JsonObject().put("relai", "x").put("servers", new JsonArray().add(server("W E B")));
        vertx.deployVerticle(new SkeletonVerticle(), options(config))
                .onComplete(context.failing(e -> context.verify(() -> {
                    var wrong = assertInstanceOf(SettingsException.class, e);
                    assertEquals(2, wrong.problems().size(), wrong::toString);
                    context.completeNow();
                })));
    }

    @Test
    void aMissingFileFailsTheDeploymentAndSaysWhatToDo(Vertx vertx, VertxTestContext context, @TempDir Path home) {
        JsonObject config =
                new JsonObject().put("home", home.toString()).put("servers", new JsonArray().add(server("web")));
        vertx.deployVerticle(new SkeletonVerticle(), options(config))
                .onComplete(context.failing(e -> context.verify(() -> {
                    assertInstanceOf(FileSystemException.class, e);
                    assertTrue(String.valueOf(e.getMessage()).contains("relay psk"), e::getMessage);
                    context.completeNow();
                })));
    }

    @Test
    void servesWhatItsConfigSays(Vertx vertx, @TempDir Path directory) throws Exception {
        try (Rig rig = new Rig(vertx, directory)) {
            Future<String> deployed = rig.deploy();
            FakeControl control = rig.relay.session();
            assertEquals("web", control.answer(Status.AVAILABLE).id().value());
            Rig.await(deployed);
        }
    }
}
