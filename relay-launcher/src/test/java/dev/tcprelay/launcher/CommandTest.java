package dev.tcprelay.launcher;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs the command in this process: no terminal unless {@link #typed} has something, and a home of its own. */
abstract class CommandTest {
    @TempDir
    Path directory;

    final Map<String, String> environment = new HashMap<>();
    final Deque<String> typed = new ArrayDeque<>();
    String input = "";
    List<VerticleKind> kinds = List.of();
    /** How the last command would have its process log. */
    @Nullable
    LogSettings logSettings;

    private final List<RunningCommand> running = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void ownHome() {
        environment.put("RELAY_HOME", home().toString());
    }

    /** {@code $RELAY_HOME}. */
    Path home() {
        return directory.resolve("home");
    }

    @AfterEach
    void stopWhatRuns() throws Exception {
        // The youngest first: a relay last, so that the others say goodbye.
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).stop();
        }
    }

    int relay(String... args) {
        out.reset();
        err.reset();
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return Main.execute(surroundings(in, out, err), args);
    }

    /** A command that runs until the end of the test, with the same environment. */
    RunningCommand start(String... args) {
        var command = new RunningCommand((in, out, err) -> Main.commandLine(surroundings(in, out, err)), args);
        running.add(command);
        return command;
    }

    private Surroundings surroundings(InputStream in, OutputStream out, OutputStream err) {
        Terminal terminal = typed.isEmpty() ? null : prompt -> typed.pop().toCharArray();
        return new Surroundings(
                Map.copyOf(environment),
                in,
                new PrintStream(out, true),
                new PrintStream(err, true),
                terminal,
                kinds,
                log -> logSettings = log,
                new SecureRandom());
    }

    /** Every file below a directory with its content, so that a change of any is seen. */
    static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    contents.put(directory.relativize(file).toString(), Files.readString(file));
                }
            }
        }
        return contents;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    Path file(String name, String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
