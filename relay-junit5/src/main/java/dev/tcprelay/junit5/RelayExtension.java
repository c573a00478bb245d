package dev.tcprelay.junit5;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives a test method, or a {@code @BeforeEach} method with it, a running {@link RelayHarness}, and stops it after
 * the test:
 *
 * <pre>{@code
 * @ExtendWith({VertxExtension.class, RelayExtension.class})
 * class MyTest {
 *     @Test
 *     void reachesMyServer(RelayHarness harness, VertxTestContext context) {
 *         harness.serve("mine", "127.0.0.1", port)
 *                 .compose(serving -> harness.forward("mine"))
 *                 .onComplete(context.succeeding(forwarded -> ...));
 *     }
 * }
 * }</pre>
 *
 * <p>With {@link RelayTest} instead a relay may have several nodes.
 */
public final class RelayExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(RelayExtension.class);
    private static final long PATIENCE_SECONDS = 60;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RelayHarness.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Running.class, key -> Running.start(nodes(context)), Running.class)
                .harness;
    }

    private static int nodes(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestMethod(), RelayTest.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), RelayTest.class))
                .map(RelayTest::nodes)
                .orElse(1);
    }

    /** A harness with what has to be cleaned up after it; JUnit closes it with the test's store. */
    private record Running(Vertx vertx, Path directory, RelayHarness harness) implements AutoCloseable {
        static Running start(int nodes) {
            try {
                Vertx vertx = Vertx.vertx();
                Path directory = Files.createTempDirectory("relay-test");
                var starting = RelayHarness.start(vertx, directory, nodes, new JsonObject());
                return new Running(vertx, directory, await(starting));
            } catch (Exception e) {
                throw new ParameterResolutionException("the relay did not start", e);
            }
        }

        @Override
        public void close() throws IOException {
            harness.stop()
                    .eventually(vertx::close)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }

        private static <T> T await(Future<T> future) throws Exception {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
