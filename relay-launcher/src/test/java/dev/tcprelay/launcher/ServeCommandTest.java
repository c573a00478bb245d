package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.RelayPem;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node from nothing: what the first start makes and says, and that a second one makes nothing. */
@Timeout(120)
class ServeCommandTest extends CommandTest {
    private Path data() {
        return directory.resolve("data");
    }

    private String[] serve(String... more) {
        return serveOn("0", more);
    }

    private String[] serveOn(String clientPort, String... more) {
        List<String> args = new ArrayList<>(List.of("serve", "--dir", data().toString(), "--host", "127.0.0.1"));
        args.addAll(List.of("--client-port", clientPort, "--skeleton-port", "0", "--http-port", "0"));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static String after(List<String> lines, String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + start + " in " + lines))
                .substring(start.length());
    }

    @Test
    void theFirstStartMakesFilesThatNobodyElseReadsAndSaysWhatToDo() throws Exception {
        List<String> said = start(serve("--user", "ann")).readUntil("ready");
        for (String secret : List.of("relay.key", "users", "ann.password")) {
            assertEquals("rw-------", mode(data().resolve(secret)), secret);
        }
        RelayPem pem = RelayPem.parse(Files.readString(data().resolve("relay.pem")));
        assertEquals("This is a new relay. It keeps its files in " + data(), said.get(0));
        assertEquals(pem.fingerprint().toString(), after(said, "  fingerprint  "));
        assertEquals("ann, password in " + data().resolve("ann.password"), after(said, "  first user   "));
        assertTrue(said.stream().anyMatch(line -> line.contains("relay expose web ")), said::toString);
        assertTrue(said.stream().anyMatch(line -> line.contains("relay client --socks ")), said::toString);
        assertTrue(said.stream().anyMatch(line -> line.contains("relay user add ")), said::toString);
        String password = Files.readString(data().resolve("ann.password")).strip();
        assertTrue(password.length() >= 24);
        assertFalse(said.toString().contains(password));
        assertFalse(Files.readString(data().resolve("users")).contains(password));
    }

    /** The login that it prints works as printed, with the password file that it names. */
    @Test
    void thePrintedLoginWorks() throws Exception {
        List<String> said = start(serve()).readUntil("ready");
        String password = data().resolve("owner.password").toString();
        String login = after(said, "  relay ").replace("FILE", password);
        assertEquals(0, relay(login.split(" ")), this::err);
        assertEquals(0, relay("ls"), this::err);
        assertEquals("", out());
    }

    @Test
    void aSecondStartChangesNothingAndSaysOnlyReady() throws Exception {
        RunningCommand first = start(serve());
        first.readUntil("ready");
        first.stop();
        Map<String, String> before = contents(data());
        assertTrue(before.containsKey("relay.key"));
        assertEquals(List.of("ready"), start(serve("--user", "somebody-else")).readUntil("ready"));
        assertEquals(before, contents(data()));
    }

    /** A key that is lost is not replaced in silence: every user would have to log in anew. */
    @Test
    void usersWithoutAKeyAreRefused() throws Exception {
        Files.createDirectories(data());
        Files.writeString(data().resolve("users"), "# mine\n");
        assertEquals(1, relay(serve()));
        assertTrue(err().startsWith("relay: " + data().resolve("users") + " is there, but "), this::err);
        assertEquals(Map.of("users", "# mine\n"), contents(data()));
    }

    /** Key or users 0644: refuses to start, names the file and the fix. */
    @Test
    void secretsThatOthersCanReadAreRefused() throws Exception {
        RunningCommand first = start(serve());
        first.readUntil("ready");
        first.stop();
        for (String name : List.of("relay.key", "users")) {
            Path file = data().resolve(name);
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
            assertEquals(1, relay(serve()));
            assertEquals(
                    "relay: " + file + ": mode 0644 lets others at this secret; run: chmod 600 " + file + "\n", err());
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void aPortThatIsTakenEndsItAndIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "" + taken.getLocalPort();
            assertEquals(1, relay(serveOn(port)));
            assertTrue(err().contains(port), this::err);
            assertEquals(1, err().lines().count());
        }
    }

    @Test
    void portsThatCannotBeAreUsage() {
        for (String port : List.of("65536", "-1", "http")) {
            assertEquals(2, relay(serveOn(port)), this::err);
            assertFalse(Files.exists(data()), port);
        }
    }
}
