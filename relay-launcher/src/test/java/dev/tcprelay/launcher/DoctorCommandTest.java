package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything that {@code relay doctor} can find wrong, one at a time, and that it says what to do. */
@Timeout(120)
class DoctorCommandTest extends CommandTest {
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
        kinds = VerticleKind.all();
        if (loggedIn == null) {
            assertEquals(0, relay(relay.rightLogin()), this::err);
            loggedIn = contents(home());
        }
        logIn(home());
    }

    private static void logIn(Path home) throws IOException {
        for (var file : loggedIn.entrySet()) {
            Path to = home.resolve(file.getKey());
            Files.createDirectories(to.getParent());
            Files.writeString(to, file.getValue());
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private int doctor(String... ids) {
        String[] args = {"doctor", "--clock", relay.pem()};
        String[] all = new String[args.length + ids.length];
        System.arraycopy(args, 0, all, 0, args.length);
        System.arraycopy(ids, 0, all, args.length, ids.length);
        return relay(all);
    }

    private void serve(String id, String target) throws InterruptedException {
        start("expose", id, target).readUntil("serving " + id);
    }

    private Path psk(String id) {
        return new RelayHome(home()).psk(new ServerId(id));
    }

    private void edit(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertTrue(text.contains(from), text);
        Files.writeString(file, text.replace(from, to));
    }

    /** The line of a step. */
    private String step(String name) {
        List<String> lines = out().lines()
                .filter(line -> line.substring(6).startsWith(name + ": "))
                .toList();
        assertEquals(1, lines.size(), () -> name + " in\n" + out() + err());
        return lines.get(0);
    }

    private void assertStep(String verdict, String name, String... said) {
        String line = step(name);
        assertEquals(verdict, line.substring(0, 4).strip(), line);
        for (String each : said) {
            assertTrue(line.contains(each), () -> each + " in: " + line);
        }
    }

    private void assertAllSkipped(String because, String... names) {
        for (String name : names) {
            assertStep("skip", name, "needs: " + because);
        }
    }

    private long count(String verdict) {
        return out().lines().filter(line -> line.startsWith(verdict)).count();
    }

    @Test
    void allIsWell() throws Exception {
        serve("well", echo.address());
        assertEquals(0, doctor("well"), this::out);
        List<String> steps =
                out().lines().map(line -> line.substring(6, line.indexOf(": "))).toList();
        assertEquals(
                List.of(
                        "home",
                        "secrets",
                        "login",
                        "name",
                        "connect",
                        "clock",
                        "greeting",
                        "key",
                        "session",
                        "servers",
                        "well psk",
                        "well listed",
                        "well tunnel",
                        "well server"),
                steps);
        assertEquals(steps.size(), count("ok"), this::out);
        assertStep("ok", "secrets", "2 files");
        assertStep("ok", "login", TestRelay.USER, relay.address(), relay.fingerprint());
        assertStep("ok", "servers", "1 available to you: well");
        assertEquals("", err());
    }

    @Test
    void itChangesNothing() throws Exception {
        Map<String, String> before = contents(home());
        doctor("nowhere");
        assertEquals(before, contents(home()));
    }

    @Test
    void asJson() {
        assertEquals(ExitCode.REFUSED.number(), doctor("--json", "nowhere"));
        var json = new JsonArray(out());
        assertEquals(14, json.size());
        JsonObject first = json.getJsonObject(0);
        assertEquals("home", first.getString("step"));
        assertEquals("ok", first.getString("verdict"));
        assertTrue(first.getString("text").startsWith(home().toString()));
        assertEquals("fail", json.getJsonObject(10).getString("verdict"));
        assertEquals("skip", json.getJsonObject(12).getString("verdict"));
    }

    @Test
    void withoutAHome() {
        environment.put("RELAY_HOME", directory.resolve("empty").toString());
        assertEquals(1, doctor("web"));
        assertStep("FAIL", "home", directory.resolve("empty").toString(), "relay login");
        assertAllSkipped("home", "secrets", "login", "name", "connect", "greeting", "key", "session", "servers");
        assertStep("FAIL", "web psk", "relay psk import web");
        assertAllSkipped("home", "web listed");
        assertAllSkipped("web psk", "web tunnel", "web server");
        assertFalse(Files.exists(directory.resolve("empty")));
    }

    @Test
    void aHomeThatOthersCanChange() throws Exception {
        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertEquals(0, doctor(), this::out);
        assertStep("warn", "home", "chmod 700 " + home());
        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("rwx------"));
        Path known = home().resolve("known_relays");
        Files.setPosixFilePermissions(known, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertEquals(0, doctor(), this::out);
        assertStep("warn", "home", "chmod 600 " + known);
    }

    @Test
    void secretsThatOthersCanRead() throws Exception {
        assertEquals(0, relay("psk", "new", "shown"));
        Files.setPosixFilePermissions(psk("shown"), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(1, doctor());
        assertStep("FAIL", "secrets", "chmod 600 " + psk("shown"));
        assertStep("ok", "session");
    }

    @Test
    void anotherLoginThanThereIs() {
        assertEquals(1, doctor("--user", "nobody"));
        assertStep("FAIL", "login", "no login of nobody", "relay login");
        assertAllSkipped("login", "name", "connect", "clock", "greeting", "key", "session", "servers");
    }

    @Test
    void aNameThatDoesNotResolve() throws Exception {
        edit(home().resolve("known_relays"), relay.address(), "no-such-host.invalid:7000");
        assertEquals(ExitCode.UNREACHABLE.number(), doctor());
        assertStep("FAIL", "name", "no-such-host.invalid", "DNS");
        assertAllSkipped("name", "connect", "clock", "greeting", "key", "session", "servers");
    }

    @Test
    void aRelayThatIsDown() throws Exception {
        String nobody = unused();
        edit(home().resolve("known_relays"), relay.address(), nobody);
        assertEquals(ExitCode.UNREACHABLE.number(), doctor("web"));
        assertStep("FAIL", "connect", nobody, "refused", "Check that the relay runs");
        assertAllSkipped("connect", "clock", "greeting", "key", "session", "servers", "web listed");
    }

    @Test
    void somethingElseThanARelay() throws Exception {
        try (ServerSocket mail = listening()) {
            new Thread(() -> sayToAll(mail, "220 mail.example.org ESMTP " + "-".repeat(64) + "\r\n")).start();
            edit(home().resolve("known_relays"), relay.address(), "127.0.0.1:" + mail.getLocalPort());
            assertEquals(ExitCode.UNREACHABLE.number(), doctor());
            assertStep("ok", "connect");
            assertStep("FAIL", "greeting", "not a tcprelay/1 relay", "port");
            assertAllSkipped("greeting", "key", "session", "servers");
        }
    }

    @Test
    void thePortForSkeletons() throws Exception {
        edit(home().resolve("known_relays"), relay.address(), relay.skeletonAddress());
        assertEquals(ExitCode.UNREACHABLE.number(), doctor());
        assertStep("FAIL", "greeting", "not the relay's port for clients");
    }

    @Test
    void anotherKeyThanThePinnedOne() throws Exception {
        Path known = home().resolve("known_relays");
        assertEquals(0, relay("keygen", directory.resolve("other.pem").toString()));
        String other = out().strip();
        Files.writeString(known, Files.readString(known).replaceFirst("x25519:[A-Za-z0-9+/]{43}=", other));
        String before = Files.readString(known);
        assertEquals(ExitCode.UNTRUSTED.number(), doctor());
        assertStep("ok", "greeting");
        assertStep("FAIL", "key", "does not have the pinned key", "ask its operator");
        assertAllSkipped("key", "session", "servers");
        assertEquals(before, Files.readString(known));
    }

    @Test
    void anotherKeyOfTheUser() throws Exception {
        Path key = home().resolve("keys");
        try (var files = Files.list(key)) {
            key = files.findFirst().orElseThrow();
        }
        Files.delete(key);
        assertEquals(0, relay("keygen", key.toString()), this::err);
        assertEquals(ExitCode.REFUSED.number(), doctor());
        assertStep("FAIL", "session", "refused the credentials");
        assertAllSkipped("session", "servers");
    }

    @Test
    void noServers() {
        assertEquals(0, doctor());
        assertStep("warn", "servers", "connect grants");
    }

    @Test
    void anUnknownServer() {
        assertEquals(0, relay("psk", "new", "unknown"));
        assertEquals(ExitCode.UNAVAILABLE.number(), doctor("unknown"));
        assertStep("ok", "unknown psk");
        assertStep("FAIL", "unknown listed", "grant");
        assertAllSkipped("unknown listed", "unknown tunnel", "unknown server");
    }

    @Test
    void aPskThatIsMissingBrokenOrAnothers() throws Exception {
        // A skeleton elsewhere: one with the same files would take each of these psks too.
        Path elsewhere = directory.resolve("elsewhere");
        logIn(elsewhere);
        environment.put("RELAY_HOME", elsewhere.toString());
        serve("locked", echo.address());
        environment.put("RELAY_HOME", home().toString());
        assertEquals(0, relay("psk", "new", "locked"));
        Files.writeString(psk("locked"), "open sesame\n");
        assertEquals(ExitCode.REFUSED.number(), doctor("locked"));
        assertStep("FAIL", "locked psk", "no psk", "relay psk import --replace locked");
        assertAllSkipped("locked psk", "locked tunnel", "locked server");
        Files.delete(psk("locked"));
        assertEquals(ExitCode.REFUSED.number(), doctor("locked"));
        assertStep("FAIL", "locked psk", "there is no " + psk("locked"), "relay psk import locked");
        assertEquals(0, relay("psk", "new", "locked"));
        assertEquals(ExitCode.REFUSED.number(), doctor("locked"));
        assertStep("ok", "locked psk");
        assertStep("FAIL", "locked tunnel", "not the one that its skeleton has");
        assertAllSkipped("locked tunnel", "locked server");
    }

    @Test
    void aServerThatIsDown() throws Exception {
        serve("down", unused());
        assertEquals(ExitCode.FAILED.number(), doctor("down"));
        assertStep("ok", "down tunnel");
        assertStep("FAIL", "down server", "refused the connection", "check that the service runs");
    }

    @ParameterizedTest
    @CsvSource({"0, ok, within 60 s", "-3600, warn, s ahead of", "3600, warn, s behind"})
    void aClockThatIsWrong(long seconds, String verdict, String said) throws Exception {
        Instant there = Instant.now().plusSeconds(seconds);
        try (ServerSocket http = http(DateTimeFormatter.RFC_1123_DATE_TIME.format(there.atZone(ZoneOffset.UTC)))) {
            assertEquals(0, relay("doctor", "--clock", url(http)), this::out);
            assertStep(verdict, "clock", said);
        }
    }

    @Test
    void noClockToCompareWith() throws Exception {
        assertEquals(0, relay("doctor", "--clock", "http://" + unused() + "/"), this::out);
        assertStep("skip", "clock", "--clock");
        assertEquals(0, relay("doctor", "--clock", "mailto:you"), this::out);
        assertStep("skip", "clock", "--clock");
        try (ServerSocket http = http("tomorrow")) {
            assertEquals(0, relay("doctor", "--clock", url(http)), this::out);
            assertStep("skip", "clock", "--clock");
        }
    }

    private Path skeletons(String... servers) throws IOException {
        String list = String.join(
                "",
                List.of(servers).stream()
                        .map(server -> "        - {" + server + "}\n")
                        .toList());
        return file(
                "skeleton.yaml",
                "verticles:\n  - verticle: skeleton\n    config:\n      home: " + home() + "\n      servers:\n" + list,
                "rw-r--r--");
    }

    private int doctorOf(Path file) {
        return relay("doctor", "--clock", relay.pem(), "--skeleton", file.toString());
    }

    @Test
    void aSkeletonWithAllAsItShouldBe() throws Exception {
        assertEquals(0, relay("psk", "new", "web"));
        assertEquals(0, doctorOf(skeletons("id: web, target: \"" + echo.address() + "\"")), this::out);
        assertEquals(11, count("ok"), this::out);
        assertEquals(11, out().lines().count());
        assertStep("ok", "login", relay.skeletonAddress());
        assertStep("ok", "greeting", "port for skeletons");
        assertStep("ok", "web server", echo.address());
    }

    @Test
    void aSkeletonWithoutPskOrServer() throws Exception {
        String nobody = unused();
        Path file = skeletons("id: web, target: \"" + nobody + "\"", "id: mail, target: \"" + echo.address() + "\"");
        assertEquals(0, relay("psk", "new", "mail"));
        Files.writeString(psk("mail"), "open sesame\n");
        assertEquals(1, doctorOf(file));
        assertStep("FAIL", "web psk", "relay psk new web");
        assertStep("FAIL", "web server", nobody, "refused", "Check that the service runs");
        assertStep("FAIL", "mail psk", "is no psk");
        assertStep("ok", "mail server");
    }

    @Test
    void aSkeletonWhoseRelayIsDown() throws Exception {
        edit(home().resolve("known_relays"), relay.skeletonAddress(), unused());
        assertEquals(ExitCode.UNREACHABLE.number(), doctorOf(skeletons("id: web, target: \"" + echo.address() + "\"")));
        assertAllSkipped("connect", "clock", "greeting", "key", "session");
        assertStep("ok", "web server");
    }

    @Test
    void aFileWithoutASkeletonIsAMistake() throws Exception {
        Path none = file("none.yaml", "verticles: []\n", "rw-r--r--");
        assertEquals(2, doctorOf(none));
        assertTrue(err().contains("verticle: skeleton"), this::err);
        Path wrong = skeletons("id: web");
        assertEquals(2, doctorOf(wrong));
        assertTrue(err().contains(wrong + ":") && err().contains("target"), this::err);
        assertEquals(2, relay("doctor", "--skeleton", wrong.toString(), "web"));
        assertTrue(err().contains("the file names"), this::err);
    }

    /** An HTTP server that answers one request after the other with this date. */
    private static ServerSocket http(String date) throws IOException {
        ServerSocket listening = listening();
        String answer = "HTTP/1.1 200 OK\r\nDate: " + date + "\r\nContent-Length: 0\r\n\r\n";
        new Thread(() -> sayToAll(listening, answer), "http").start();
        return listening;
    }

    private static String url(ServerSocket http) {
        return "http://127.0.0.1:" + http.getLocalPort() + "/";
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    /** An address at which nobody listens. */
    private static String unused() throws IOException {
        try (ServerSocket socket = listening()) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    /** Says this to whoever connects, until it is closed. */
    private static void sayToAll(ServerSocket listening, String text) {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The end of the test, or a peer that has seen enough.
                continue;
            }
        }
    }
}
