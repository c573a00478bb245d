package dev.tcprelay.junit5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay of one node, a skeleton and a client need nothing of Hazelcast: here it is not there. */
class WithoutHazelcastTest {
    /** What runs in a process of its own. */
    static final class Alone {
        private Alone() {}

        public static void main(String[] arguments) throws Exception {
            Vertx vertx = Vertx.vertx();
            RelayHarness.start(vertx, Path.of(arguments[0]))
                    .compose(harness -> harness.serve("web", "127.0.0.1", 9).compose(serving -> harness.forward("web")))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            System.out.println("forwarded");
            System.exit(0);
        }
    }

    @Test
    void oneNodeRunsWithoutIt(@TempDir Path directory) throws Exception {
        String all = System.getProperty("java.class.path");
        String classPath = Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !entry.contains("hazelcast"))
                .collect(Collectors.joining(File.pathSeparator));
        assertTrue(classPath.length() < all.length());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-cp",
                        classPath,
                        Alone.class.getName(),
                        directory.resolve("relay").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertTrue(said.contains("forwarded"), said);
    }
}
