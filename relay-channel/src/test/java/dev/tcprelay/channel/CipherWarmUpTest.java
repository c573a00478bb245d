package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The warm-up of the cipher. */
class CipherWarmUpTest {
    @Test
    void allRecordsOpenButTheForgedOnes() throws Exception {
        assertEquals(1024 - 4, CipherWarmUp.run(1024));
    }

    @Test
    void runsOnceForEachVertx() throws Exception {
        Vertx vertx = Vertx.vertx();
        var first = CipherWarmUp.once(vertx);
        assertTrue(CipherWarmUp.once(vertx).succeeded());
        first.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** A command that fails at once must not be held up, nor end with the complaint of a thread. */
    @Test
    void theEndOfVertxDoesNotWaitForIt() throws Exception {
        Vertx vertx = Vertx.vertx();
        var running = CipherWarmUp.once(vertx);
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        running.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertTrue(running.succeeded());
    }
}
