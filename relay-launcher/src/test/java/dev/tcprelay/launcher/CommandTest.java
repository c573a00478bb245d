package dev.tcprelay.launcher;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void home() {
        environment.put("RELAY_HOME", directory.resolve("home").toString());
    }

    int relay(String... args) {
        out.reset();
        err.reset();
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        Terminal terminal = typed.isEmpty() ? null : prompt -> typed.pop().toCharArray();
        return Main.commandLine(new Surroundings(
                        environment,
                        in,
                        new PrintStream(out, true),
                        new PrintStream(err, true),
                        terminal,
                        kinds,
                        new SecureRandom()))
                .execute(args);
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
