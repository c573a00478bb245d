package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerifyCommandTest extends CommandTest {
    private final List<Path> users = new ArrayList<>();

    /** Reads what a skeleton might, and falls over stand-ins as a careless record would. */
    private Object options(Settings settings) {
        users.add(settings.path("users", Path.of("users")));
        settings.address("listen", new HostPort("localhost", 7000));
        for (Settings server : settings.list("servers")) {
            ServerId id = server.parse("id", ServerId::of, new ServerId("stand-in"));
            HostPort target = server.address("target");
            if (id.value().equals("stand-in") || target.port() == 0) {
                throw new IllegalStateException("a stand-in was used");
            }
        }
        return this;
    }

    @BeforeEach
    void register() {
        kinds = List.of(
                new VerticleKind("relay", config -> new ExampleVerticle(), this::options, 1),
                new VerticleKind("skeleton", config -> new ExampleVerticle(), this::options, 8));
    }

    private Path config(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void saysOkFileByFile() throws IOException {
        Path a = config("a.yaml", """
                verticles:
                  - verticle: relay
                  - verticle: skeleton
                    instances: 2
                    config:
                      servers:
                        - {id: web, target: "localhost:80"}
                  - verticle: dev.tcprelay.launcher.ExampleVerticle
                    config: {whatever: it likes}
                """);
        Path b = config("b.json", "{\"verticles\": [{\"verticle\": \"relay\", \"config\": {}}]}");
        assertEquals(0, relay("verify", a.toString(), b.toString()), this::out);
        assertEquals(a + ": ok\n" + b + ": ok\n", out());
    }

    @Test
    void printsEveryProblemOfEveryFileWithItsPlace() throws IOException {
        Path bad = config("bad.yaml", """
                verticles:
                  - verticle: relay
                    instances: 2
                    config:
                      lisetn: "0.0.0.0:7000"
                  - verticle: skeletn
                  - verticle: no.such.Verticle
                  - verticle: java.lang.String
                  - verticle: skeleton
                    config:
                      listen: 7000
                      servers:
                        - id: Web
                          target: ${TARGET}
                        - id: mail
                          tarjet: "localhost:25"
                    extra: 1
                clutser: true
                """);
        Path good = config("good.yaml", "verticles: [{verticle: relay}]\n");
        Path missing = directory.resolve("missing.yaml");
        assertEquals(2, relay("verify", bad.toString(), good.toString(), missing.toString()));
        String expected = """
                F:3:5: verticles[0].instances: expected a whole number from 1 to 1
                F:5:7: verticles[0].config.lisetn: unknown key; did you mean listen?
                F:6:5: verticles[1].verticle: expected relay, skeleton or the name of a class; did you mean skeleton?
                F:7:5: verticles[2].verticle: there is no such class on the class path
                F:8:5: verticles[3].verticle: the class is no verticle
                F:11:7: verticles[4].config.listen: expected text, found a number
                F:13:11: verticles[4].config.servers[0].id: NAME
                F:14:19: verticles[4].config.servers[0].target: the environment variable TARGET is not set; set it, \
                or write ${TARGET:-default}
                F:17:5: verticles[4].extra: unknown key
                F:18:1: clutser: unknown key
                G: ok
                M: there is no such file
                """.replace("F:", bad + ":").replace("G:", good + ":").replace("M:", missing + ":");
        assertEquals(expected, out().replaceAll("id: a server id .*", "id: NAME"));
        assertEquals("", err());
    }

    @Test
    void placesMistakesOfSyntax() throws IOException {
        Path file = config("a.yaml", "verticles:\n  - verticle: [relay\n");
        assertEquals(2, relay("verify", file.toString()));
        assertTrue(out().startsWith(file + ":3:1: "), this::out);
        assertEquals(1, out().lines().count());
    }

    @Test
    void findsAnEmptyFileAndAFileWithoutVerticles() throws IOException {
        Path empty = config("a.yaml", "# nothing\n");
        Path other = config("b.yaml", "users: x\n");
        assertEquals(2, relay("verify", empty.toString(), other.toString()));
        assertEquals(
                empty + ": verticles: missing; it lists the verticles to deploy\n" + other
                        + ":1:1: verticles: missing; it lists the verticles to deploy\n" + other
                        + ":1:1: users: unknown key\n",
                out());
    }

    @Test
    void startsRelativePathsAtTheFile() throws IOException {
        Path file = config("a.yaml", """
                verticles:
                  - {verticle: relay, config: {users: conf/users}}
                  - {verticle: relay, config: {users: users, directory: /srv}}
                  - {verticle: relay, config: {users: users, directory: sub}}
                """);
        assertEquals(0, relay("verify", file.toString()), this::out);
        assertEquals(
                List.of(directory.resolve("conf/users"), Path.of("/srv/users"), directory.resolve("sub/users")), users);
    }

    @Test
    void refusesAFileOfMoreThanAMebibyte() throws IOException {
        Path file = config("a.yaml", "#" + "x".repeat(1 << 20));
        assertEquals(2, relay("verify", file.toString()));
        assertEquals(file + ": larger than 1 MiB\n", out());
    }

    @Test
    void runRefusesTheSameInTheSameWords() throws IOException {
        Path file = config("a.yaml", "verticles: [{verticle: rely}]\n");
        assertEquals(2, relay("run", file.toString()));
        assertEquals(
                file
                        + ":1:14: verticles[0].verticle: expected relay, skeleton or the name of a class; did you mean relay?\n",
                err());
        assertEquals("", out());
    }
}
