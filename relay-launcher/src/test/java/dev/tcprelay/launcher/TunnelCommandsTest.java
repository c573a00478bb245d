package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.Psk;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code expose}, {@code ls}, {@code stdio} and {@code client} against a real relay. */
@Timeout(120)
class TunnelCommandsTest extends CommandTest {
    private static TestRelay relay;
    private static EchoServer echo;
    private static Map<String, String> loggedIn;

    @BeforeAll
    static void open(@TempDir Path files) throws Exception {
        relay = new TestRelay(files.resolve("relay"));
        echo = new EchoServer();
    }

    @AfterAll
    static void close() throws Exception {
        echo.close();
        relay.close();
    }

    /** By the first test with the password; by the others with the files that came of it. */
    @BeforeEach
    void login() throws IOException {
        if (loggedIn == null) {
            assertEquals(0, relay(relay.rightLogin()), this::err);
            loggedIn = contents(home());
        }
        for (var file : loggedIn.entrySet()) {
            Path to = home().resolve(file.getKey());
            Files.createDirectories(to.getParent());
            Files.writeString(to, file.getValue());
            Files.setPosixFilePermissions(to, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
    }

    private RunningCommand expose(String id) throws InterruptedException {
        RunningCommand expose = start("expose", id, echo.address());
        expose.readUntil("serving " + id);
        return expose;
    }

    private Path psk(String id) {
        return home().resolve("psk/" + id + ".psk");
    }

    /** Below those that systems give to outgoing connections: none of them takes it before its program has it. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: another.
                continue;
            }
        }
    }

    @Test
    void exposeMakesAPskIfThereIsNone() throws Exception {
        RunningCommand expose = expose("made");
        assertEquals("rw-------", mode(psk("made")));
        assertEquals(1, Psk.parseFile(Files.readString(psk("made"))).size());
        String said = expose.error();
        assertTrue(said.contains(psk("made").toString()) && said.contains("relay psk show made"), said);
        assertFalse(said.contains(Files.readString(psk("made")).strip().substring(15)), said);
        String first = Files.readString(psk("made"));
        expose.stop();
        expose("made");
        assertEquals(first, Files.readString(psk("made")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web",
                "web 127.0.0.1:80 mail",
                "web 127.0.0.1:80 Bad 127.0.0.1:80",
                "web nowhere",
                "web 127.0.0.1:65536",
                "web 127.0.0.1:0",
                "web unix:app.sock",
                "web 127.0.0.1:80 --spares 0x"
            })
    void exposeRefusesMistakesAndMakesNothing(String args) throws Exception {
        assertEquals(2, relay(("expose " + args).split(" ")), this::err);
        assertEquals(1, err().lines().count(), this::err);
        assertFalse(Files.exists(psk("web")));
    }

    @Test
    void exposeSaysWhichTargetIsWrong() {
        assertEquals(2, relay("expose", "web", "80", "mail", "unix:app.sock"));
        assertEquals(
                "relay: the target of mail: a Unix socket is written with its absolute path: unix:/run/app.sock\n",
                err());
    }

    @Test
    void exposeRefusesAPskThatOthersCanRead() throws Exception {
        relay("psk", "new", "open");
        Files.setPosixFilePermissions(
                psk("open"), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(1, relay("expose", "open", echo.address()));
        assertTrue(err().contains("chmod 600 " + psk("open")), this::err);
    }

    @Test
    void lsListsWhatIsThereAsTextAndAsJson() throws Exception {
        assertEquals(0, relay("ls"), this::err);
        assertFalse(out().contains("listed"));
        RunningCommand b = expose("listed-b");
        expose("listed-a");
        assertEquals(0, relay("ls"), this::err);
        assertEquals(List.of("listed-a", "listed-b"), out().lines().toList());
        assertEquals(0, relay("ls", "--json"));
        var json = new JsonArray(out());
        assertEquals(new JsonObject().put("id", "listed-a").put("skeletons", 1), json.getJsonObject(0));
        assertEquals(2, json.size());
        b.stop();
        assertEquals(0, relay("ls"), this::err);
        assertEquals(List.of("listed-a"), out().lines().toList());
    }

    /** Those who only ever use short commands follow a change of the relay's key too. */
    @Test
    void aShortCommandKeepsWhatTheRelaySaysOfItsNextKey() throws Exception {
        Path known = home().resolve("known_relays");
        String line = Files.readString(known).strip();
        byte[] other = new byte[32];
        new SecureRandom().nextBytes(other);
        other[31] &= 0x7F;
        Files.writeString(known, line + " next=x25519:" + Base64.getEncoder().encodeToString(other) + "\n");
        assertEquals(0, relay("ls"), this::err);
        assertEquals(line, Files.readString(known).strip(), "the announcement has been taken back");
    }

    @Test
    void commandsSayWhatIsMissing() {
        environment.put("RELAY_HOME", directory.resolve("empty").toString());
        for (String command : List.of("ls", "stdio web", "client --forward 0:web")) {
            assertTrue(relay(command.split(" ")) != 0, command);
            assertTrue(err().contains("relay login"), this::err);
            assertEquals(1, err().lines().count(), this::err);
        }
        assertEquals(1, relay("ls", "--relay", "nobody:7000"));
    }

    /** The forwards of a config file come and go while the client runs, and a tunnel through one that goes lives on. */
    @Test
    void aRunningClientTakesChangedForwards() throws Exception {
        kinds = VerticleKind.all();
        expose("moving");
        int first = freePort();
        int second = freePort();
        Path config = forwards(first, "moving");
        start("run", config.toString()).readUntil("ready");
        try (Socket before = new Socket(InetAddress.getLoopbackAddress(), first)) {
            before.getOutputStream().write("still ".getBytes(StandardCharsets.US_ASCII));
            forwards(second, "moving");
            awaitListening(second, true);
            awaitListening(first, false);
            before.getOutputStream().write("here".getBytes(StandardCharsets.US_ASCII));
            before.shutdownOutput();
            assertEquals("still here", new String(before.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    private Path forwards(int port, String id) throws IOException {
        String text = "verticles: [{verticle: client, config: {home: " + home() + ", forwards: [{listen: " + port
                + ", server: " + id + "}]}}]\n";
        return file("client.yaml", text, "rw-r--r--");
    }

    private static void awaitListening(int port, boolean wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (listens(port) != wanted) {
            assertTrue(System.nanoTime() < end, () -> "port " + port + " in vain");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** The end of standard input is a half-close: what the server answers to it is still printed. */
    @Test
    void stdioCarriesAHalfClose() throws Exception {
        expose("echo");
        input = "x".repeat(300_000) + "the end\n";
        assertEquals(0, relay("stdio", "echo"), this::err);
        assertEquals(input, out());
        input = "";
        assertEquals(0, relay("stdio", "echo"), this::err);
        assertEquals("", out());
    }

    @Test
    void stdioOfAnUnavailableServerHasAnExitCodeOfItsOwn() {
        assertEquals(0, relay("psk", "new", "offline"));
        assertEquals(6, relay("stdio", "offline"));
        assertTrue(err().startsWith("relay: offline is not available to you"), this::err);
        assertEquals("", out());
    }

    @Test
    void stdioWithoutAPskOrWithAnotherOneIsRefused() throws Exception {
        expose("locked");
        for (var file : contents(home()).entrySet()) {
            if (!file.getKey().endsWith(".psk")) {
                SecretFiles.create(directory.resolve("client").resolve(file.getKey()), file.getValue());
            }
        }
        environment.put("RELAY_HOME", directory.resolve("client").toString());
        assertEquals(3, relay("stdio", "locked"));
        assertTrue(err().contains("relay psk import locked"), this::err);
        assertEquals(0, relay("psk", "new", "locked"));
        assertEquals(3, relay("stdio", "locked"));
        assertTrue(err().contains("not the one that its skeleton has"), this::err);
        assertEquals("", out());
    }

    @Test
    void aForwardedPortLeadsToItsServerUntilTheCommandEnds() throws Exception {
        expose("far");
        int port = freePort();
        RunningCommand client = start("client", "--forward", port + ":far");
        client.readUntil("ready");
        byte[] sent = new byte[100_000];
        Arrays.fill(sent, (byte) 'r');
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(sent);
            socket.shutdownOutput();
            assertArrayEquals(sent, socket.getInputStream().readAllBytes());
        }
        client.stop();
        org.junit.jupiter.api.Assertions.assertThrows(
                java.net.ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    }

    /** Without ports there is nothing to do; and a proxy port for everybody needs a password. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "client",
                "client --forward 7000",
                "client --forward 7000:Bad",
                "client --forward x:web",
                "client --socks x",
                "client --socks 0.0.0.0:1080",
                "client --socks 192.0.2.1:1080",
                "client --socks [::]:1080"
            })
    void clientRefusesMistakes(String args) {
        assertEquals(2, relay(args.split(" ")), this::err);
        assertEquals(1, err().lines().count(), this::err);
        assertFalse(err().contains("unexpected"), this::err);
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "" + taken.getLocalPort();
            assertEquals(1, relay("client", "--socks", port));
            assertTrue(err().contains(port), this::err);
            assertEquals(1, relay("client", "--forward", port + ":web"));
            assertTrue(err().contains(port), this::err);
        }
    }

    @Test
    void theDemoWorksAsPrinted() throws Exception {
        RunningCommand demo = start("demo");
        List<String> said = demo.readUntil("Try: ");
        String[] words = said.get(said.size() - 1).split("[ :/]+");
        assertEquals("socks5h", words[3]);
        int port = Integer.parseInt(words[5]);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(new byte[] {5, 1, 0, 5, 1, 0, 3, 3, 'w', 'e', 'b', 0, 80});
            InputStream in = socket.getInputStream();
            assertArrayEquals(new byte[] {5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0}, in.readNBytes(12));
            socket.getOutputStream().write("GET / HTTP/1.0\r\nHost: web\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(page.startsWith("HTTP/1.0 200") && page.contains("It works"), page);
        }
        demo.stop();
    }

    @Test
    void theDemoChecksItselfAndEnds() {
        assertEquals(0, relay("demo", "--check"), this::err);
        assertEquals("It works.\n", out());
    }
}
