package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Target} as a process, at the place of the skeleton. */
final class TargetProcess {
    private static final String READY = "ready ";

    private TargetProcess() {}

    /**
     * Starts it and waits until it listens.
     *
     * @param home of the login by which it serves raw legs too; null for none
     */
    static Child start(Stage stage, @Nullable Path home) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Target.class.getName()));
        line.add(stage.skeleton().enter().isEmpty() ? stage.skeleton().host() : "0.0.0.0");
        if (home != null) {
            line.add(home.toString());
        }
        Child child = stage.run(stage.skeleton(), "target", line);
        child.awaitLine(READY);
        return child;
    }

    static int port(Child target) throws IOException, InterruptedException {
        return Integer.parseInt(target.awaitLine(READY).substring(READY.length()));
    }
}
