package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs {@code relay run} as a process of its own, for its signals and exit codes. */
@Timeout(60)
class RunCommandTest {
    private static final String VERTICLE = "verticle: dev.tcprelay.launcher.ExampleVerticle";

    @TempDir
    private Path directory;

    private Process run(String text, String... options) throws IOException {
        Path file = Files.writeString(directory.resolve("a.yaml"), text);
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        List<String> command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= 24) {
            // As the relay script does.
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "run", file.toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private String err() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    private static int exit(Process process) throws InterruptedException {
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return process.exitValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void saysReadyAndStopsGracefullyOnASignal(String signal) throws Exception {
        Process process = run("verticles:\n  - {" + VERTICLE + ", config: {name: one}}\n  - {" + VERTICLE
                + ", config: {name: two}}\n");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("start one", out.readLine());
            assertEquals("start two", out.readLine());
            assertEquals("ready", out.readLine());
            assertEquals(
                    0,
                    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                            .start()
                            .waitFor());
            assertEquals("stop two", out.readLine());
            assertEquals("stop one", out.readLine());
            assertEquals(0, exit(process));
        } finally {
            process.destroyForcibly();
        }
        assertFalse(err().contains("WARN"), this::errUnchecked);
        assertFalse(err().contains("EPOLL"), this::errUnchecked);
        assertTrue(err().lines().allMatch(line -> line.matches("\\d{4}-.* INFO  .*")), this::errUnchecked);
    }

    private String errUnchecked() {
        try {
            return err();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void exitsWithOneWhenAVerticleDoesNotStartAndStopsTheOthers() throws Exception {
        Process process = run("verticles:\n  - {" + VERTICLE + ", config: {name: one}}\n  - {" + VERTICLE
                + ", config: {name: two, fail: no luck}}\n");
        assertEquals(1, exit(process));
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("start one\nstart two\nstop one\n", out);
        assertEquals(
                directory.resolve("a.yaml") + ":3:5: dev.tcprelay.launcher.ExampleVerticle did not start: no luck\n",
                err());
    }

    /** The whole log: nothing may be written before the format is known. */
    @Test
    void logsInJsonWhenAsked() throws Exception {
        Process process = run("verticles:\n  - {" + VERTICLE + ", config: {name: one}}\n", "--log-format", "json");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("start one", out.readLine());
            assertEquals("ready", out.readLine());
            assertTrue(process.toHandle().destroy()); // Process.destroy() would close the stream that is read
            assertEquals("stop one", out.readLine());
            assertEquals(0, exit(process));
        } finally {
            process.destroyForcibly();
        }
        List<String> messages = err().lines()
                .map(line -> new JsonObject(line).getString("message"))
                .toList();
        assertEquals(List.of("stopping", "stopped"), messages);
    }

    @Test
    void exitsWithTwoWhenAVerticleRefusesItsConfig() throws Exception {
        Process process = run("verticles:\n  - " + VERTICLE + "\n    config:\n      name: one\n      nmae: two\n");
        assertEquals(2, exit(process));
        assertEquals(directory.resolve("a.yaml") + ":5:7: verticles[0].config.nmae: unknown key\n", err());
        assertEquals(0, process.getInputStream().readAllBytes().length);
    }
}
