package dev.tcprelay.junit5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole house in one process, as those who embed the verticles test it: relay, skeleton, client and a target. */
@ExtendWith({VertxExtension.class, RelayExtension.class})
class RelayHarnessTest {

    private static Future<Integer> greeter(Vertx vertx) {
        NetServer server = vertx.createNetServer()
                .connectHandler(socket -> socket.write("220 hello\r\n").compose(v -> socket.end()));
        return server.listen(0, "127.0.0.1").map(NetServer::actualPort);
    }

    private static String readAll(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aServerThatSpeaksFirstIsReachedByItsName(RelayHarness harness, VertxTestContext context) {
        Vertx vertx = harness.vertx();
        greeter(vertx)
                .compose(port -> harness.serve("greeter", "127.0.0.1", port))
                .compose(serving -> harness.forward("greeter"))
                .compose(port -> vertx.executeBlocking(() -> readAll(port)))
                .onComplete(context.succeeding(said -> context.verify(() -> {
                    assertEquals("220 hello\r\n", said);
                    context.completeNow();
                })));
    }

    @Test
    void severalServersOfOneRelayAreToldApart(RelayHarness harness, VertxTestContext context) {
        Vertx vertx = harness.vertx();
        Future<String> first = page(vertx, "first").compose(port -> harness.serve("first", "127.0.0.1", port));
        Future<String> second = page(vertx, "second").compose(port -> harness.serve("second.site", "127.0.0.1", port));
        Future.all(first, second)
                .compose(serving -> harness.socks())
                .compose(socks -> vertx.executeBlocking(
                        () -> bySocks(socks, "first.relay") + " " + bySocks(socks, "second.site")))
                .onComplete(context.succeeding(pages -> context.verify(() -> {
                    assertEquals("first second", pages);
                    context.completeNow();
                })));
    }

    private static Future<Integer> page(Vertx vertx, String text) {
        return vertx.createNetServer()
                .connectHandler(socket -> socket.write(text).compose(v -> socket.end()))
                .listen(0, "127.0.0.1")
                .map(NetServer::actualPort);
    }

    private static String bySocks(int port, String name) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] host = name.getBytes(StandardCharsets.US_ASCII);
            var out = socket.getOutputStream();
            out.write(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) host.length});
            out.write(host);
            out.write(new byte[] {0, 80});
            byte[] reply = socket.getInputStream().readNBytes(12);
            assertArrayEquals(new byte[] {5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0}, reply);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** The client ends first and gets the digest of what it sent: the first FIN must not end the other direction. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 3 * 1024 * 1024 + 13})
    void theReplyComesAfterAHalfClose(int size, RelayHarness harness, VertxTestContext context) throws Exception {
        byte[] sent = new byte[size];
        new Random(size).nextBytes(sent);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(sent);
        ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Vertx vertx = harness.vertx();
        vertx.executeBlocking(() -> answerWithDigest(target), false).onComplete(context.succeeding(done -> {}));
        harness.serve("digest", "127.0.0.1", target.getLocalPort())
                .compose(serving -> harness.forward("digest"))
                .compose(port -> vertx.executeBlocking(() -> halfClosed(port, sent), false))
                .onComplete(context.succeeding(reply -> context.verify(() -> {
                    assertArrayEquals(digest, reply);
                    context.completeNow();
                })));
    }

    private static Void answerWithDigest(ServerSocket target) throws Exception {
        try (target;
                Socket socket = target.accept()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[16 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            socket.getOutputStream().write(digest.digest());
        }
        return null;
    }

    private static byte[] halfClosed(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes();
        }
    }
}
