package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.noise.KeyPair;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A key that is downloaded from a place that means harm. */
@Timeout(60)
class RelayKeySourceTest {
    private static final RelayPem PEM = pem();
    private static final byte[] GOOD = PEM.format().getBytes(StandardCharsets.US_ASCII);

    private final List<HttpServer> servers = new ArrayList<>();
    private ExecutorService threads;

    @BeforeEach
    void open() {
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    private static RelayPem pem() {
        var random = new SecureRandom();
        return new RelayPem(Realm.generate(random), PublicKey.of(KeyPair.generate(random)));
    }

    /** What a server does with a request. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private String serve(Answer answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer.to(exchange);
            }
        });
        server.start();
        servers.add(server);
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/relay.pem";
    }

    private static Answer body(byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    private static ExitCode refusal(String url) {
        return assertThrows(CommandException.class, () -> RelayKeySource.read(url))
                .code();
    }

    @Test
    void aRightKeyIsRead() throws Exception {
        assertEquals(PEM.publicKey(), RelayKeySource.read(serve(body(GOOD))).publicKey());
    }

    static List<String> wrongKeys() {
        byte[] der = der();
        byte[] otherAlgorithm = der.clone();
        otherAlgorithm[8]++;
        String good = new String(GOOD, StandardCharsets.US_ASCII);
        return List.of(
                "",
                "<html>It works!</html>",
                with(otherAlgorithm),
                with(java.util.Arrays.copyOf(der, 43)),
                with(java.util.Arrays.copyOf(der, 45)),
                good + good.substring(good.indexOf("-----BEGIN")),
                good.substring(0, good.length() - 12),
                good.replace("PUBLIC", "PRIVATE"));
    }

    private static byte[] der() {
        String text = new String(GOOD, StandardCharsets.US_ASCII);
        String base64 = text.replaceAll("(?s).*-----BEGIN PUBLIC KEY-----(.*)-----END.*", "$1");
        return Base64.getMimeDecoder().decode(base64);
    }

    private static String with(byte[] der) {
        String text = new String(GOOD, StandardCharsets.US_ASCII);
        String base64 = Base64.getEncoder().encodeToString(der);
        return text.replaceAll(
                "(?s)-----BEGIN PUBLIC KEY-----.*-----END", "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END");
    }

    /** The wrong algorithm, 43 and 45 bytes of DER, two PEM blocks, and other things that are no relay's key. */
    @ParameterizedTest
    @MethodSource("wrongKeys")
    void whatIsNoRelaysKeyIsRefused(String text) throws Exception {
        assertEquals(ExitCode.UNTRUSTED, refusal(serve(body(text.getBytes(StandardCharsets.US_ASCII)))));
    }

    /** 10 MiB, or without an end: what comes after the longest key is not read. */
    @Test
    void anEndlessBodyIsNotRead() throws Exception {
        var cut = new CompletableFuture<Long>();
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            long sent = 0;
            byte[] some = new byte[64 * 1024];
            try (OutputStream out = exchange.getResponseBody()) {
                while (sent < 1L << 30) {
                    out.write(some);
                    sent += some.length;
                }
            } finally {
                cut.complete(sent);
            }
        });
        assertEquals(ExitCode.UNTRUSTED, refusal(url));
        long sent = cut.get(30, TimeUnit.SECONDS);
        assertTrue(sent < 1L << 29, () -> sent + " bytes were taken");
    }

    /** A server that answers at once and then sends a byte now and then must not hold the command for ever. */
    @Test
    void aBodyThatNeverComesToItsEndIsGivenUp() throws Exception {
        var done = new CompletableFuture<Void>();
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, GOOD.length);
            exchange.getResponseBody().write(GOOD, 0, 10);
            exchange.getResponseBody().flush();
            done.join();
        });
        var e = assertThrows(CommandException.class, () -> RelayKeySource.read(url, Duration.ofMillis(300)));
        done.complete(null);
        assertEquals(ExitCode.UNREACHABLE, e.code());
    }

    @Test
    void anAnswerThatNeverBeginsIsGivenUp() throws Exception {
        var done = new CompletableFuture<Void>();
        String url = serve(exchange -> done.join());
        var e = assertThrows(CommandException.class, () -> RelayKeySource.read(url, Duration.ofMillis(300)));
        done.complete(null);
        assertEquals(ExitCode.UNREACHABLE, e.code());
    }

    /** A redirect, also to a right key on another host, is refused; the other host hears nothing. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowed(int status) throws Exception {
        var asked = new AtomicInteger();
        String other = serve(exchange -> {
            asked.incrementAndGet();
            body(GOOD).to(exchange);
        });
        String url = serve(exchange -> {
            exchange.getResponseHeaders().set("Location", other);
            exchange.sendResponseHeaders(status, -1);
        });
        assertEquals(ExitCode.UNTRUSTED, refusal(url));
        assertEquals(0, asked.get());
    }

    @Test
    void otherAnswersAndAddressesAreToldApart() throws Exception {
        String url = serve(exchange -> exchange.sendResponseHeaders(404, -1));
        assertEquals(ExitCode.FAILED, refusal(url));
        servers.get(0).stop(0);
        assertEquals(ExitCode.UNREACHABLE, refusal(url));
        assertEquals(ExitCode.USAGE, refusal("http://"));
        assertEquals(ExitCode.USAGE, refusal("http://a b/relay.pem"));
    }
}
