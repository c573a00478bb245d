package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.TargetAddress;
import dev.tcprelay.protocol.wire.Outcome;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.junit5.VertxExtension;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The addresses of one name, and what a failed connect means. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class TargetDiallerTest {
    private final List<Closeable> open = new ArrayList<>();

    private static Future<Leg> inTurn(Vertx vertx, Duration within, int... ports) {
        List<SocketAddress> all = Arrays.stream(ports)
                .mapToObj(port -> SocketAddress.inetSocketAddress(port, "127.0.0.1"))
                .toList();
        return new TargetDialler(vertx).inTurn(all, System.nanoTime() + within.toNanos());
    }

    private static Outcome outcome(Future<Leg> attempt) {
        Throwable e =
                assertThrows(ExecutionException.class, () -> Rig.get(attempt)).getCause();
        return assertInstanceOf(TargetException.class, e).outcome();
    }

    private static int refusing() throws IOException {
        try (ServerSocket gone = listening()) {
            return gone.getLocalPort();
        }
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** Its queue is full, so that the next one who connects gets no answer. */
    private ServerSocket silent() throws IOException {
        ServerSocket silent = listening();
        open.add(silent);
        while (true) {
            Socket ahead = new Socket();
            open.add(ahead);
            try {
                ahead.connect(silent.getLocalSocketAddress(), 500);
            } catch (SocketTimeoutException e) {
                return silent;
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
    }

    @Test
    void theAddressesOfANameShareTheTime(Vertx vertx) throws Exception {
        int silent = silent().getLocalPort();
        try (ServerSocket server = listening()) {
            Rig.get(inTurn(vertx, Duration.ofSeconds(3), silent, refusing(), server.getLocalPort()));
            server.accept().close();
        }
    }

    @Test
    void oneAddressThatRefusesTellsMoreThanOneThatIsSilent(Vertx vertx) throws Exception {
        int silent = silent().getLocalPort();
        int refusing = refusing();
        Duration within = Duration.ofMillis(400);
        assertEquals(Outcome.REFUSED, outcome(inTurn(vertx, within, refusing, silent)));
        assertEquals(Outcome.REFUSED, outcome(inTurn(vertx, within, silent, refusing)));
        assertEquals(Outcome.TIMED_OUT, outcome(inTurn(vertx, within, silent, silent)));
        assertEquals(Outcome.TIMED_OUT, outcome(inTurn(vertx, Duration.ZERO, refusing, refusing)));
    }

    @Test
    void thereIsNoTryWithoutTime(Vertx vertx) throws Exception {
        try (ServerSocket server = listening()) {
            var to = new TargetAddress.Tcp(new HostPort("127.0.0.1", server.getLocalPort()));
            var attempt = new TargetDialler(vertx).connect(to, Duration.ofNanos(1));
            assertEquals(Outcome.TIMED_OUT, outcome(attempt));
        }
    }

    /** As Netty does it: the address stands behind the message of the cause. */
    private static Exception at(Exception cause, String address) {
        return new SocketException(cause.getMessage() + ": " + address) {
            @Override
            public synchronized Throwable getCause() {
                return cause;
            }
        };
    }

    @Test
    void failuresMeanWhatTheSystemSays() {
        String liar = "/run/Connection refused";
        assertMeans(Outcome.REFUSED, at(new ConnectException("Connection refused"), "/127.0.0.1:1"));
        assertMeans(
                Outcome.REFUSED,
                at(new ConnectException("connect(..) failed with error(-111): Connection refused"), "x"));
        assertMeans(Outcome.REFUSED, new FileNotFoundException());
        assertMeans(Outcome.REFUSED, at(new SocketException("No such file or directory"), "/run/app.sock"));
        assertMeans(Outcome.TIMED_OUT, new ConnectTimeoutException("connection timed out after 5 ms: " + liar));
        assertMeans(Outcome.TIMED_OUT, at(new ConnectException("Connection timed out"), "x"));
        assertMeans(
                Outcome.UNREACHABLE,
                at(new ConnectException("connect(..) failed with error(-13): Permission denied"), liar));
        assertMeans(Outcome.UNREACHABLE, at(new SocketException("Permission denied"), liar));
        assertMeans(Outcome.UNREACHABLE, at(new NoRouteToHostException(), "x"));
        assertMeans(Outcome.UNREACHABLE, at(new SocketException("Network is unreachable"), "x"));
        assertMeans(Outcome.UNREACHABLE, new UnknownHostException("x: Name or service not known"));
        assertMeans(Outcome.UNREACHABLE, new IllegalStateException());
        TargetException known = TargetException.timedOut();
        assertSame(known, TargetException.of(known));
    }

    private static void assertMeans(Outcome outcome, Exception e) {
        assertEquals(outcome, TargetException.of(e).outcome(), e::toString);
    }
}
