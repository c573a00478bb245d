package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The public HTTP port serves relay.pem and nothing else. */
@ExtendWith(VertxExtension.class)
class PublicHttpTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private Relay relay;

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = Relay.started(vertx, directory);
    }

    private HttpResponse<byte[]> send(String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + relay.httpPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void relayPemIsTheFileByteForByte() throws Exception {
        HttpResponse<byte[]> response = send("GET", "/relay.pem");
        assertEquals(200, response.statusCode());
        assertArrayEquals(Files.readAllBytes(relay.directory.resolve("relay.pem")), response.body());
        assertTrue(response.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
        assertEquals(0, send("HEAD", "/relay.pem").body().length);
    }

    @Test
    void everyAnswerTellsTheTime() throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        for (String path : new String[] {"/relay.pem", "/"}) {
            String date = send("HEAD", path).headers().firstValue("date").orElseThrow();
            assertEquals("Thu, 01 Jan 1970 00:00:00 GMT".length(), date.length());
            Instant told = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
            assertFalse(told.isBefore(before), date);
            assertFalse(told.isAfter(Instant.now()), date);
        }
    }

    @Test
    void everyOtherPathIsNotFound() throws Exception {
        for (String path : new String[] {
            "/", "/relay.key", "/users", "/relay.pem/", "/relay.pem/../relay.key", "/%72elay.key", "//relay.pem", "/.."
        }) {
            HttpResponse<byte[]> response = send("GET", path);
            assertEquals(404, response.statusCode(), path);
            assertEquals("not found\n", new String(response.body(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void everyOtherMethodIsNotAllowed() throws Exception {
        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            HttpResponse<byte[]> response = send(method, "/relay.pem");
            assertEquals(405, response.statusCode(), method);
            assertEquals("GET, HEAD", response.headers().firstValue("allow").orElse(""));
        }
    }

    @Test
    void whatIsNotHttpIsRefusedAndClosed() throws Exception {
        for (String request : new String[] {
            "nonsense\r\n\r\n",
            "GET /" + "a".repeat(5000) + " HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nX: " + "b".repeat(20000) + "\r\n\r\n"
        }) {
            try (Socket socket = new Socket("127.0.0.1", relay.httpPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                assertTrue(answer.startsWith("HTTP/1."), answer);
                assertFalse(answer.endsWith("200"), answer);
            }
        }
    }

    private static String get(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    @Test
    void beyondTheLimitNewConnectionsAreClosedUntilOthersHaveEnded(Vertx vertx, @TempDir Path other) throws Exception {
        try (Relay small = new Relay(vertx, other).limit("http", 2).start();
                Socket first = new Socket("127.0.0.1", small.httpPort())) {
            assertEquals("HTTP/1.1 404", get(first));
            try (Socket second = new Socket("127.0.0.1", small.httpPort())) {
                assertEquals("HTTP/1.1 404", get(second));
                assertTrue(closed(small.httpPort()));
            }
            Relay.until(() -> !closed(small.httpPort()));
        }
    }

    private static boolean closed(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return get(socket).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }
}
