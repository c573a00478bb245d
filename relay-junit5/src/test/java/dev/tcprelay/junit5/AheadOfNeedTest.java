package dev.tcprelay.junit5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels ahead of need, through all of it: relay, skeleton, client and a target (docs/protocol.md, M75 and M76). */
@Timeout(60)
class AheadOfNeedTest {
    private final Vertx vertx = Vertx.vertx();
    private ServerSocket target;
    private RelayHarness harness;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var admin = new JsonObject().put("admin", new JsonObject().put("port", 0));
        harness = get(RelayHarness.start(vertx, directory, 1, admin));
    }

    @AfterEach
    void stop() throws Exception {
        target.close();
        get(harness.stop());
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** A number of the node's metrics. */
    private double metric(String name) throws IOException, InterruptedException {
        URI metrics = URI.create("http://127.0.0.1:" + harness.relay().adminPort() + "/metrics");
        var request =
                HttpRequest.newBuilder(metrics).timeout(Duration.ofSeconds(30)).build();
        String all = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        return all.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + all));
    }

    private void await(String metric, double value) throws Exception {
        while (metric(metric) != value) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** One byte to the target and one back, both ends closed after. */
    private void use(int port) throws IOException {
        try (Socket application = new Socket(InetAddress.getLoopbackAddress(), port)) {
            application.getOutputStream().write(1);
            try (Socket server = target.accept()) {
                assertEquals(1, server.getInputStream().read());
                server.getOutputStream().write(2);
                assertEquals(2, application.getInputStream().read());
            }
        }
    }

    private String serve() throws Exception {
        return get(harness.serve("web", "127.0.0.1", target.getLocalPort()));
    }

    /** The relay joins tunnels ahead of the next connections, and the target hears nothing of those that wait. */
    @Test
    void tunnelsWaitForTheNextConnections() throws Exception {
        serve();
        int port = get(harness.forward("web"));
        use(port);
        use(port);
        await("relay_tunnels_total", 3);
        await("relay_tunnels_open", 1);
        use(port);
        await("relay_tunnels_total", 5);
        await("relay_tunnels_open", 2);
        target.setSoTimeout(1);
        assertTrue(nothingComes(), "the target was connected to for nobody");
    }

    private boolean nothingComes() throws IOException {
        try (Socket unexpected = target.accept()) {
            return unexpected.isClosed();
        } catch (java.net.SocketTimeoutException e) {
            return true;
        }
    }

    /** Guards: the next connection was led to the skeleton that had withdrawn. */
    @Test
    void aTunnelAheadEndsWithItsSkeleton() throws Exception {
        String first = serve();
        int port = get(harness.forward("web"));
        use(port);
        use(port);
        await("relay_tunnels_total", 3);
        await("relay_tunnels_open", 1);
        get(vertx.undeploy(first));
        await("relay_tunnels_open", 0);
        await("relay_tunnels_unused_total", 1);
        serve();
        use(port);
    }
}
