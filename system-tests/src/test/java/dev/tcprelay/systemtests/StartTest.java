package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a start loads, and from where. How long it takes is not asserted. */
class StartTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String OURS = "dev.tcprelay.client.RelayClient ";

    /** The same command, which also writes what its JVM loads. */
    private static RelayCommand tracing(RelayCommand command, Path classes) {
        String options = command.environment().get("RELAY_JAVA_OPTS");
        return command.with("RELAY_JAVA_OPTS", options + " -Xlog:class+load:file=" + classes + "::filecount=0");
    }

    private static List<String> loaded(Path classes) throws IOException {
        List<String> lines = Files.readAllLines(classes);
        assertTrue(lines.stream().anyMatch(line -> line.contains(OURS)), "a client was started");
        return lines;
    }

    private static void assertLearnt(List<String> loaded) {
        for (String name : List.of(OURS, "io.vertx.core.impl.VertxImpl ", "io.netty.buffer.AbstractByteBuf ")) {
            List<String> lines =
                    loaded.stream().filter(line -> line.contains(" " + name)).toList();
            assertTrue(lines.size() == 1 && lines.get(0).contains("shared objects file"), lines::toString);
        }
    }

    private static void assertNoHazelcast(List<String> loaded) {
        assertEquals(
                List.of(),
                loaded.stream().filter(line -> line.contains("hazelcast")).toList());
    }

    @Test
    void aCommandLoadsWhatTheJvmHasLearntAndNothingOfHazelcast() throws Exception {
        Path classes = STAGE.file("ls.classes");
        tracing(Network.shared().client(), classes).run("ls").succeeds();
        List<String> loaded = loaded(classes);
        assertLearnt(loaded);
        assertNoHazelcast(loaded);
    }

    @Test
    void soDoesAClientThatStays() throws Exception {
        Path classes = STAGE.file("client.classes");
        Program client = tracing(Network.shared().client(), classes).start("client", "--socks", "" + Ports.free());
        client.awaitLine("^ready", 60);
        assertEquals(0, client.terminate(20));
        List<String> loaded = loaded(classes);
        assertLearnt(loaded);
        assertNoHazelcast(loaded);
    }

    @Test
    void whatCannotBeUsedOfItIsLeftAloneInSilence() throws Exception {
        RelayCommand somebody = RelayCommand.in(STAGE, "somebody");
        Path installed = install(somebody.place().resolve("installed"));
        String wanted = somebody.run("--version").succeeds().out();
        for (String content : new String[] {"", "no such archive", "x".repeat(100_000)}) {
            Files.writeString(installed.resolve("app/relay.jsa"), content);
            Files.writeString(installed.resolve("app/relay.aot"), content);
            Result result = STAGE.run(Invocation.of(installed.resolve("relay").toString(), "--version")
                            .with(somebody.environment()))
                    .succeeds();
            assertEquals(wanted, result.out());
            assertEquals("", result.err());
        }
    }

    /** As in the image: the script, and beside it the jars. */
    private static Path install(Path directory) throws IOException {
        Path apps = Stage.top().resolve("relay-launcher/target/apps");
        Path built = apps.resolve(Files.readString(apps.resolve("current")).strip());
        Files.createDirectories(directory.resolve("app/lib"));
        Files.copy(Path.of(RelayCommand.script()), directory.resolve("relay"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(built.resolve("relay-launcher.jar"), directory.resolve("app/relay-launcher.jar"));
        try (Stream<Path> jars = Files.list(built.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, directory.resolve("app/lib").resolve(jar.getFileName()));
            }
        }
        return directory;
    }
}
