package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Behind load balancers that tell where connections come from (M71): 127.0.0.1 is one, 127.0.0.2 is none. */
@ExtendWith(VertxExtension.class)
class ForwardedTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private Relay relay;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory)
                .limit("unauthenticatedPerSource", 2)
                .limit("unauthenticated", 6)
                .limit("authentication", "5 min")
                .behind("127.0.0.1")
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    private static byte[] header(String source) throws IOException {
        String address = HexFormat.of().formatHex(InetAddress.getByName(source).getAddress());
        boolean ipv4 = address.length() == 8;
        return HexFormat.of()
                .parseHex(SIGNATURE + (ipv4 ? "2111000c" : "21210024") + address + "00".repeat(ipv4 ? 4 : 16)
                        + "c3501b58");
    }

    private Peer from(String source) throws IOException {
        return relay.from("127.0.0.1", Role.CLIENT, header(source));
    }

    private Socket socket(byte[] bytes) throws IOException {
        var socket = new Socket("127.0.0.1", relay.port(Role.CLIENT));
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(bytes);
        return socket;
    }

    /** It ends without a byte, by FIN or reset. */
    private static void closed(Socket socket) throws IOException {
        try (socket) {
            assertEquals(-1, socket.getInputStream().read());
        } catch (java.net.SocketException e) {
            assertTrue(e.getMessage().contains("reset"), e.getMessage());
        }
    }

    private long refused() {
        return relay.node().counters().headersRefused.sum();
    }

    @Test
    void theSourceOfTheHeaderIsTheOneThatIsLoggedAndServed() throws Exception {
        try (var log = new Logged()) {
            from("192.0.2.7").login("alice", Relay.ALICE);
            relay.from("127.0.0.1", Role.SKELETON, header("2001:db8::7")).login("bob", Relay.BOB);
            Relay.until(() -> log.fields().stream()
                            .map(fields -> fields.get("source"))
                            .filter(List.of("192.0.2.7", "2001:db8:0:0:0:0:0:7")::contains)
                            .count()
                    == 2);
        }
        assertEquals(0, refused());
    }

    @Test
    void limitsOfASourceAreThoseOfTheHeadersSource() throws Exception {
        Peer first = from("192.0.2.7");
        Peer second = from("192.0.2.7");
        closed(socket(header("192.0.2.7")));
        from("192.0.2.8").close();
        assertEquals(1, relay.node().counters().shed.sum());
        first.close();
        Relay.until(() -> relay.node().admission().size() == 1);
        from("192.0.2.7").close();
        second.close();
        Relay.until(() -> relay.node().admission().size() == 0);
    }

    @Test
    void beforeTheHeaderOnlyTheNumberOfAllCounts() throws Exception {
        var waiting = new ArrayList<Socket>();
        for (int i = 0; i < 6; i++) {
            waiting.add(socket(new byte[0]));
            int entered = i + 1;
            Relay.until(() -> relay.node().admission().size() == entered);
        }
        waiting.add(socket(new byte[0]));
        closed(waiting.get(0));
        assertEquals(6, relay.node().admission().size());
        for (Socket each : waiting) {
            each.close();
        }
        Relay.until(() -> relay.node().admission().size() == 0);
        assertEquals(0, refused());
    }

    @Test
    void nothingIsSaidBeforeTheHeaderIsWhole() throws Exception {
        byte[] header = header("192.0.2.7");
        try (Socket slow = socket(new byte[0])) {
            for (byte each : header) {
                assertEquals(0, slow.getInputStream().available());
                slow.getOutputStream().write(each);
            }
            assertEquals('T', slow.getInputStream().read());
        }
    }

    @Test
    void aHeaderThatIsNoneIsClosedAndCounted() throws Exception {
        List<byte[]> wrong = List.of(
                "PROXY TCP4 192.0.2.7 10.0.0.1 50000 7000\r\n".getBytes(StandardCharsets.US_ASCII),
                HexFormat.of().parseHex(SIGNATURE + "2112000c" + "00".repeat(12)),
                HexFormat.of().parseHex(SIGNATURE + "2131000c" + "00".repeat(12)),
                HexFormat.of().parseHex(SIGNATURE + "21110004" + "00".repeat(4)),
                HexFormat.of().parseHex(SIGNATURE + "2111ffff"),
                new byte[] {1, 0, (byte) 224});
        for (byte[] each : wrong) {
            closed(socket(each));
        }
        Relay.until(() -> refused() == wrong.size());
        try (Socket half = socket(HexFormat.of().parseHex(SIGNATURE))) {
            half.shutdownOutput();
            closed(half);
        }
        assertEquals(wrong.size() + 1, refused());
        assertEquals(wrong.size() + 1, relay.node().counters().strangers.sum());
    }

    @Test
    void aSecondHeaderAndOneFromElsewhereAreGarbage() throws Exception {
        try (Peer twice = from("192.0.2.7")) {
            twice.send(header("192.0.2.8"));
            assertEquals(0, twice.rest().length);
        }
        try (Peer elsewhere = relay.from("127.0.0.2", Role.CLIENT)) {
            elsewhere.send(header("192.0.2.7"));
            assertEquals(0, elsewhere.rest().length);
        }
        relay.from("127.0.0.2", Role.CLIENT).login("alice", Relay.ALICE);
        assertEquals(0, refused());
    }

    @Test
    void healthChecksLeaveNoTrace() throws Exception {
        try (var log = new Logged()) {
            socket(new byte[0]).close();
            byte[] local = HexFormat.of().parseHex(SIGNATURE + "20000000");
            try (Socket check = socket(local)) {
                assertEquals('T', check.getInputStream().read());
            }
            relay.from("127.0.0.1", Role.CLIENT, local).close();
            Relay.until(() -> relay.node().admission().size() == 0);
            assertEquals(List.of(), log.lines());
        }
        assertEquals(0, refused());
    }

    @Test
    void aSlowOneIsClosedAtTheDeadline(Vertx vertx, @TempDir Path other) throws Exception {
        try (Relay hasty = new Relay(vertx, other)
                .limit("authentication", "300ms")
                .behind("127.0.0.1")
                .start()) {
            try (Socket socket = new Socket("127.0.0.1", hasty.port(Role.CLIENT))) {
                socket.getOutputStream().write(HexFormat.of().parseHex(SIGNATURE));
                closed(socket);
            }
            assertEquals(1, hasty.node().counters().strangers.sum());
        }
    }

    @Test
    void theConfigIsChecked() {
        for (Object from : List.of("10.0.0.0/8", new JsonArray(), new JsonArray().add("10.0.0.0/40"))) {
            var clients = new JsonObject().put("proxyProtocol", new JsonObject().put("from", from));
            assertThrows(
                    SettingsException.class,
                    () -> RelayOptions.of(new JsonObject().put("directory", "x").put("clients", clients)));
        }
        var peers = new JsonObject()
                .put("directory", "x")
                .put("http", new JsonObject().put("proxyProtocol", new JsonObject().put("from", new JsonArray())));
        assertThrows(SettingsException.class, () -> RelayOptions.of(peers));
    }
}
