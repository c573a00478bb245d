package dev.tcprelay.junit5;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
 */
public final class RelayExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(RelayExtension.class);
    private static final long PATIENCE_SECONDS = 30;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RelayHarness.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class)
                .harness;
    }

    /** A harness with what has to be cleaned up after it; JUnit closes it with the test's store. */
    private record Running(Vertx vertx, Path directory, RelayHarness harness) implements AutoCloseable {
        static Running start() {
            try {
                Vertx vertx = Vertx.vertx();
                Path directory = Files.createTempDirectory("relay-test");
                return new Running(vertx, directory, await(RelayHarness.start(vertx, directory)));
            } catch (Exception e) {
                throw new ParameterResolutionException("the relay did not start", e);
            }
        }

        @Override
        public void close() throws IOException {
            vertx.close().toCompletionStage().toCompletableFuture().join();
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
