package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator sees of a relay: its status, its log in JSON, its metrics. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StatusTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int UNREACHABLE = 4;

    private static Network network;

    @BeforeAll
    static void aRelayWithATunnelThatHasEnded() throws Exception {
        network = Network.start(STAGE, "RELAY_LOG_FORMAT", "json");
        network.expose("web", STAGE.keep(Target.echo()).address());
        network.client().runWithInput("hello", "stdio", "web").succeeds();
        network.node().awaitLog("\"event\":\"tunnel\"", 0, 20);
    }

    private static Path socket() {
        return network.directory().resolve("admin.sock");
    }

    private static Result status(String... more) throws Exception {
        String[] begin = {"status", "--dir", network.directory().toString()};
        String[] all = Arrays.copyOf(begin, begin.length + more.length);
        System.arraycopy(more, 0, all, begin.length, more.length);
        return network.relay().run(all);
    }

    /** What an expression in Python says of JSON on standard input, as {@code d}. */
    private static String python(String json, String expression) throws Exception {
        String program = "import json,sys; d=json.load(sys.stdin); print(" + expression + ")";
        return STAGE.run(Invocation.of("python3", "-c", program).input(json))
                .succeeds()
                .out();
    }

    @Test
    @Order(1)
    void theTableNamesTheServer() throws Exception {
        String table = status().succeeds().out();
        assertTrue(table.lines().anyMatch(line -> line.matches("web +1 +\\d+ +0")), table);
        assertTrue(table.lines().anyMatch(line -> line.matches("tunnels +0 open; since the start 1,.*")), table);
        assertTrue(table.lines().anyMatch(line -> line.matches("version +\\d+\\.\\d+.*")), table);
    }

    @Test
    @Order(1)
    void theJsonIsThatOfTheSocket() throws Exception {
        String json = status("--json").succeeds().out();
        assertEquals(
                "ready 3 1 web 1",
                python(
                        json,
                        "d['state'], d['users']['count'], d['sessions']['skeletons'],"
                                + " d['servers'][0]['id'], d['counters']['tunnels'], sep=' '"));
        String curl = STAGE.run(
                        Invocation.of("curl", "-sSf", "--unix-socket", socket().toString(), "http://relay/status"))
                .succeeds()
                .out();
        assertEquals(python(json, "list(d)"), python(curl, "list(d)"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
    }

    /** The relay's whole log, from its start: JSON, nothing of scanners, one line for the tunnel and no address in it. */
    @Test
    @Order(2)
    void theLogIsOneJsonObjectALine() throws Exception {
        for (int port : new int[] {
            network.clientPort(),
            network.skeletonPort(),
            URI.create(network.keyUrl()).getPort()
        }) {
            try (Socket scanner = new Socket("127.0.0.1", port)) {
                scanner.getOutputStream().write("GARBAGE \0 HTTP/9\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                scanner.setSoLinger(true, 0);
            }
        }
        Eventually.within(
                20,
                "two strangers are counted",
                () -> Integer.parseInt(python(status("--json").succeeds().out(), "d['counters']['strangers']")) >= 2);
        List<String> lines = network.node().errors().text().lines().toList();
        String log = "[" + String.join(",", lines) + "]";
        assertEquals(
                "login logout register tunnel",
                python(log, "' '.join(sorted({e['event'] for e in d if 'event' in e}))"),
                log);
        assertEquals("1 1", python(log, "*[sum(e.get('event') == n for e in d) for n in ('tunnel', 'register')]"), log);
        assertEquals("True", python(log, "all({'time','level','logger','message'} <= set(e) for e in d)"));
        assertEquals("0", python(log, "sum(e['level'] != 'INFO' for e in d)"), log);
        String tunnel = lines.stream()
                .filter(line -> line.contains("\"event\":\"tunnel\""))
                .findFirst()
                .orElseThrow();
        assertEquals("carol web sam 5", python(tunnel, "d['user'], d['server'], d['skeleton'], d['up'] > 5 and 5"));
        assertFalse(tunnel.contains("127.0.0.1"), tunnel);
    }

    @Test
    @Order(3)
    void whenNoRelayRunsItSaysSo() throws Exception {
        assertEquals(0, network.node().terminate(20));
        assertFalse(Files.exists(socket()));
        status().exits(UNREACHABLE).says("no relay runs here", "--dir");
        network.startNode().awaitLine("^ready", 60);
        network.node().kill();
        assertTrue(Files.exists(socket()), "nobody was there to remove it");
        status().exits(UNREACHABLE).says("nobody answers on " + socket());
    }

    @Test
    @Order(4)
    void probesAndMetricsByConfig() throws Exception {
        int port = Ports.free();
        String text = "verticles:\n  - verticle: relay\n    config:\n      directory: " + network.directory()
                + "\n      clients: {host: 127.0.0.1, port: 0}\n      skeletons: {host: 127.0.0.1, port: 0}"
                + "\n      http: {host: 127.0.0.1, port: 0}\n      admin: {port: " + port + "}\n";
        Path config = Files.writeString(STAGE.file("relay.yaml"), text);
        network.relay().start("run", config.toString()).awaitLine("^ready", 60);
        assertEquals("ready", curl("http://127.0.0.1:" + port + "/ready"));
        assertEquals("live", curl("http://127.0.0.1:" + port + "/live"));
        String metrics = curl("http://127.0.0.1:" + port + "/metrics");
        assertTrue(metrics.contains("\nrelay_users 3.0\n"), metrics);
        status().succeeds();
    }

    private static String curl(String url) throws Exception {
        return STAGE.run(Invocation.of("curl", "-sSf", url)).succeeds().out();
    }
}
