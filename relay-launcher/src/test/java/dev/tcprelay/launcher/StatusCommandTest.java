package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code relay status} shows, to the byte, and what it says when no relay runs. */
@Timeout(120)
class StatusCommandTest extends CommandTest {
    private Path data() {
        return directory.resolve("relay");
    }

    private static JsonObject usage(long used, long max) {
        return new JsonObject().put("used", used).put("max", max);
    }

    private static JsonObject status() {
        return new JsonObject()
                .put("version", "1.2.3")
                .put("node", "00112233445566778899aabbccddeeff")
                .put("state", "ready")
                .put("started", "2026-11-22T12:00:00Z")
                .put("uptimeSeconds", 11_523)
                .put("fingerprint", "SHA256:abc")
                .put(
                        "ports",
                        new JsonObject()
                                .put("clients", 7000)
                                .put("skeletons", 7001)
                                .put("http", 7080)
                                .put("admin", 7004))
                .put("users", new JsonObject().put("count", 3).put("hash", "1f2e"))
                .put("sessions", new JsonObject().put("clients", 2).put("skeletons", 1))
                .put(
                        "connections",
                        new JsonObject()
                                .put("tunnels", 1)
                                .put("legs", 7)
                                .put("warmLegs", 3)
                                .put("spares", 2)
                                .put("unauthenticated", 4))
                .put("counters", counters())
                .put(
                        "process",
                        new JsonObject()
                                .put("pid", 4711)
                                .put("java", "17.0.1")
                                .put("descriptors", usage(61, 1024))
                                .put("heap", usage(31_457_280, 1L << 30))
                                .put("netty", usage(4_300_000, 1L << 30))
                                .put("threads", 21)
                                .put("collections", 12)
                                .put("collectingMillis", 34))
                .put(
                        "servers",
                        new JsonArray().add(server("a", 1, 2, 0)).add(server("web.example.long-name", 12, 345, 6789)));
    }

    private static JsonObject counters() {
        return new JsonObject()
                .put("tunnels", 120)
                .put("tunnelsUnavailable", 5)
                .put("bytesUp", 999)
                .put("bytesDown", 1_073_741_824)
                .put("loginsRefused", 6)
                .put("attachesRefused", 7)
                .put("opensRefused", 8)
                .put("registrationsRefused", 9)
                .put("usersRefused", 10)
                .put("strangers", 11)
                .put("shed", 13)
                .put("violations", 14);
    }

    private static JsonObject server(String id, int skeletons, int spares, int tunnels) {
        return new JsonObject()
                .put("id", id)
                .put("skeletons", skeletons)
                .put("spares", spares)
                .put("tunnels", tunnels);
    }

    @Test
    void forPeople() {
        assertEquals("""
                node         00112233445566778899aabbccddeeff, ready
                version      1.2.3
                up           3 h 12 min, since 2026-11-22T12:00:00Z
                key          SHA256:abc
                ports        clients 7000, skeletons 7001, http 7080, admin 7004
                users        3, 1f2e
                sessions     2 clients, 1 skeletons
                tunnels      1 open; since the start 120, unavailable 5, 999 B up, 1.0 GiB down
                legs         7: 3 warm, 2 spare
                refused      6 logins, 7 legs, 8 opens, 9 registers, 10 users files
                strangers    4 now; since the start 11, shed 13, violations 14
                process      4711, Java 17.0.1
                memory       heap 30.0 MiB of 1.0 GiB, direct 4.1 MiB of 1.0 GiB
                descriptors  61 of 1024
                threads      21; 12 garbage collections took 34 ms

                SERVER                 SKELETONS  SPARES  TUNNELS
                a                              1       2        0
                web.example.long-name         12     345     6789
                """, new StatusReport(status()).text());
        String none = new StatusReport(status().put("servers", new JsonArray())).text();
        assertTrue(none.endsWith("SERVER  SKELETONS  SPARES  TUNNELS\n(none is available)\n"), none);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 s",
        "59,59 s",
        "60,1 min 0 s",
        "3599,59 min 59 s",
        "3600,1 h 0 min",
        "86400,1 d 0 h",
        "90061,1 d 1 h"
    })
    void timesHaveTwoUnits(long seconds, String text) {
        assertEquals(text, StatusReport.duration(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.0 KiB",
        "102400,100 KiB",
        "1048576,1.0 MiB",
        "9223372036854775807,8388608 TiB"
    })
    void bytesHaveAUnit(long bytes, String text) {
        assertEquals(text, StatusReport.bytes(bytes));
    }

    @Test
    void ofARelayThatRuns() throws Exception {
        try (TestRelay relay = new TestRelay(data())) {
            assertEquals(0, relay("status", "--dir", data().toString(), "--json"), this::err);
            JsonObject status = new JsonObject(out());
            assertEquals("ready", status.getString("state"));
            assertEquals(relay.fingerprint(), status.getString("fingerprint"));
            assertEquals(
                    0, relay("status", "--socket", data().resolve("admin.sock").toString()), this::err);
            assertTrue(out().startsWith("node         " + status.getString("node") + ", ready\n"), this::out);
            assertTrue(out().endsWith("(none is available)\n"), this::out);
        }
    }

    @Test
    void ofARelayThatHasEnded() throws Exception {
        new TestRelay(data()).close();
        assertEquals(4, relay("status", "--dir", data().toString()));
        assertEquals(
                "relay: no relay runs here: there is no " + data().resolve("admin.sock")
                        + ". Name its directory with --dir, or its socket with --socket.\n",
                err());
        assertEquals("", out());
    }

    @Test
    void ofARelayThatWasKilled() throws Exception {
        Path socket = directory.resolve("dead");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))
                .close();
        assertTrue(Files.exists(socket));
        assertEquals(4, relay("status", "--socket", socket.toString()));
        assertTrue(err().startsWith("relay: no relay runs here: nobody answers on " + socket), this::err);
    }

    /** Something else that answers HTTP, perhaps. */
    @ParameterizedTest
    @CsvSource({"200,hello", "200,[]", "404,not found"})
    void ofWhatIsNoRelay(int code, String body) throws Exception {
        Path socket = directory.resolve("other");
        try (var server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket))) {
            Thread answering = new Thread(() -> answer(server, code, body), "other");
            answering.start();
            assertEquals(1, relay("status", "--socket", socket.toString()));
            assertEquals(1, err().lines().count(), this::err);
            assertFalse(err().contains("unexpected"), this::err);
            answering.join();
        }
    }

    private static void answer(ServerSocketChannel server, int code, String body) {
        String text = "HTTP/1.1 " + code + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        try (var channel = server.accept()) {
            channel.read(ByteBuffer.allocate(4096));
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void serveTakesAnotherSocket() throws Exception {
        Path socket = directory.resolve("s");
        start(
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
                        "0",
                        "--admin-socket",
                        socket.toString())
                .readUntil("ready");
        assertEquals("rw-------", mode(socket));
        assertEquals(0, relay("status", "--socket", socket.toString()), this::err);
        assertEquals(
                1,
                relay(
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
                        "0",
                        "--admin-socket",
                        socket.toString()));
        assertTrue(err().startsWith("relay: " + socket + ": a relay that runs has this admin socket;"), this::err);
        assertFalse(Files.exists(data().resolve("admin.sock")));
    }

    @Test
    void aSocketWhosePathIsTooLongIsRefused() {
        String path = directory.resolve("x".repeat(120)).toString();
        assertEquals(
                1,
                relay(
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
                        "0",
                        "--admin-socket",
                        path));
        assertTrue(err().contains("the path of a Unix domain socket has at most "), this::err);
    }
}
