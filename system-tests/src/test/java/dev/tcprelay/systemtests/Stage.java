package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Where one test class plays: a directory under {@code target/stage}, the programs and servers that it has started.
 * After the class all of them are ended, the last one first. When a test fails, their output is shown.
 */
final class Stage
        implements AutoCloseable,
                BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final long SECONDS_FOR_A_COMMAND = 90;
    private static final Stage SHARED = new Stage();
    private static final Stage SHARED_CLUSTER = new Stage();

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Program> programs = new ArrayList<>();
    private Path directory;

    /** The top of the project. */
    static Path top() {
        return Path.of(System.getProperty("relay.top", "..")).toAbsolutePath().normalize();
    }

    /** What is on it outlives a test class, and is ended with the last one. */
    static Stage shared() {
        return SHARED;
    }

    /** The same for the nodes of a cluster. */
    static Stage sharedCluster() {
        return SHARED_CLUSTER;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        prepare(context.getRequiredTestClass().getSimpleName());
        ExtensionContext.Store store = context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL);
        if (store.get(Stage.class) == null) {
            SHARED.prepare("shared");
            SHARED_CLUSTER.prepare("shared-cluster");
            store.put(Stage.class, SHARED);
            store.put(Cluster.class, SHARED_CLUSTER);
        }
    }

    private void prepare(String name) throws IOException {
        directory = Path.of("target", "stage", name).toAbsolutePath();
        if (Files.exists(directory)) {
            try (Stream<Path> old = Files.walk(directory)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        close();
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable next = next(); next != null; next = next()) {
            next.close();
        }
    }

    private synchronized AutoCloseable next() {
        return open.poll();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw reported(failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw reported(failure);
    }

    private Throwable reported(Throwable failure) {
        StringBuilder text = new StringBuilder("All programs of this test class, and those that it shares:\n");
        programs().forEach(program -> text.append(program.report()));
        SHARED.programs().forEach(program -> text.append(program.report()));
        SHARED_CLUSTER.programs().forEach(program -> text.append(program.report()));
        failure.addSuppressed(new AssertionError(text.toString()));
        return failure;
    }

    /** A directory of its own, new. */
    Path directory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    /** A file in the directory of this class; not made. */
    Path file(String name) {
        return directory.resolve(name);
    }

    synchronized <T extends AutoCloseable> T keep(T thing) {
        open.push(thing);
        return thing;
    }

    synchronized Program start(Invocation invocation) throws IOException {
        Program program = keep(Program.start(invocation, directory, programs.size()));
        programs.add(program);
        return program;
    }

    /** Runs it to its end, at most 90 s. */
    Result run(Invocation invocation) throws IOException, InterruptedException {
        return start(invocation).result(SECONDS_FOR_A_COMMAND);
    }

    /** In the order in which they were started. */
    synchronized List<Program> programs() {
        return List.copyOf(programs);
    }
}
