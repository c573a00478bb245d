package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.UserName;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code relay drain}, and SIGTERM, which does the same to a process. */
@Timeout(120)
class DrainCommandTest extends CommandTest {
    private Path data() {
        return directory.resolve("relay");
    }

    private RunningCommand serve() throws InterruptedException {
        RunningCommand node = start(
                "serve",
                "--dir",
                data().toString(),
                "--host",
                "127.0.0.1",
                "--client-port",
                "0",
                "--skeleton-port",
                "0",
                "--http-port",
                "0");
        node.readUntil("ready");
        return node;
    }

    @Test
    void aNodeWithNothingToWaitForEndsAtOnceAndTheCommandTellsIt() throws Exception {
        RunningCommand node = serve();
        assertEquals(0, relay("drain", "--dir", data().toString()), this::err);
        List<String> lines = out().lines().toList();
        assertTrue(lines.get(0).matches("node [0-9a-f]{32} drains"), this::out);
        assertEquals("it has ended", lines.get(lines.size() - 1));
        assertEquals(0, node.exit());
        assertFalse(Files.exists(data().resolve("admin.sock")));
    }

    @Test
    void itNeedNotWait() throws Exception {
        RunningCommand node = serve();
        assertEquals(0, relay("drain", "--no-wait", "--dir", data().toString()), this::err);
        assertEquals(1, out().lines().count(), this::out);
        assertEquals(0, node.exit());
    }

    @Test
    void whereNoRelayRuns() {
        assertEquals(4, relay("drain", "--dir", data().toString()));
        assertEquals(
                "relay: no relay runs here: there is no " + data().resolve("admin.sock")
                        + ". Name its directory with --dir, or its socket with --socket.\n",
                err());
    }

    /** A node that is a process of its own. */
    private Process process(String notice) throws Exception {
        new RelayDirectory(data()).prepare(new UserName("owner"), new SecureRandom());
        String port = "{host: 127.0.0.1, port: 0}";
        Path file = Files.writeString(
                directory.resolve("relay.yaml"),
                "verticles:\n  - verticle: relay\n    config:\n      directory: " + data() + "\n      clients: " + port
                        + "\n      skeletons: " + port + "\n      http: " + port + "\n      drain: {notice: " + notice
                        + "}\n");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        file.toString())
                .redirectError(directory.resolve("err").toFile())
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertEquals("ready", out.readLine());
        return process;
    }

    private static void signal(String name, Process process) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                        .start()
                        .waitFor());
    }

    private void awaitState(String state) throws InterruptedException {
        String seen = "";
        for (int tries = 0; tries < 200 && !seen.equals(state); tries++) {
            assertEquals(0, relay("status", "--json", "--dir", data().toString()), this::err);
            seen = new JsonObject(out()).getString("state");
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertEquals(state, seen);
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @Test
    void sigtermDrainsAndEndsTheProcess() throws Exception {
        Process node = process("50ms");
        try {
            signal("TERM", node);
            assertTrue(node.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, node.exitValue());
        } finally {
            node.destroyForcibly();
        }
        assertTrue(log().contains("asked by SIGTERM: 0 sessions, 0 tunnels, which have 5 s to finish"), log());
        assertTrue(log().contains("0 tunnels were cut"), log());
        assertFalse(log().contains(" WARN ") || log().contains(" ERROR "), log());
    }

    /** Both would still wait; Ctrl-C never drains. */
    @ParameterizedTest
    @CsvSource({"TERM,TERM", "TERM,INT"})
    void aSecondSignalStopsAtOnce(String first, String second) throws Exception {
        Process node = process("1h");
        try {
            signal(first, node);
            awaitState("draining");
            assertEquals(0, relay("status", "--dir", data().toString()));
            assertTrue(out().contains("\ndrain        notice: 0 tunnels, 0 sessions, at most 5 s more\n"), this::out);
            signal(second, node);
            assertTrue(node.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, node.exitValue());
        } finally {
            node.destroyForcibly();
        }
    }

    @Test
    void sigintStopsAtOnce() throws Exception {
        Process node = process("1h");
        try {
            signal("INT", node);
            assertTrue(node.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, node.exitValue());
        } finally {
            node.destroyForcibly();
        }
        assertFalse(log().contains("asked by"), log());
    }

    /** As Kubernetes does it: a hook drains, then comes SIGTERM. */
    @Test
    void aSignalAfterTheCommandNeitherBeginsAnewNorStops() throws Exception {
        Process node = process("1h");
        try {
            assertEquals(0, relay("drain", "--no-wait", "--dir", data().toString()), this::err);
            awaitState("draining");
            signal("TERM", node);
            assertFalse(node.waitFor(1, TimeUnit.SECONDS), "it goes on as it was");
            awaitState("draining");
            assertEquals(
                    1,
                    log().lines()
                            .filter(line -> line.contains("asked by a command"))
                            .count(),
                    log());
            assertFalse(log().contains("SIGTERM"), log());
            signal("TERM", node);
            assertTrue(node.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, node.exitValue());
        } finally {
            node.destroyForcibly();
        }
    }
}
