package dev.tcprelay.relay;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.Sockets;
import dev.tcprelay.relay.RelayOptions.Listener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public HTTP port: {@code GET /relay.pem}, the relay's public key, and nothing else. Every answer tells the time
 * (RFC 9110, section 6.6.1), with which {@code relay doctor} compares its clock.
 */
final class PublicHttp extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(PublicHttp.class);
    private static final int IDLE_SECONDS = 15;
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Listener listener;
    private final String relayPem;
    private final CurrentLimits limits;
    private final Descriptors descriptors;
    private @Nullable HttpServer server;
    private int port;
    private int connections;

    PublicHttp(Listener listener, String relayPem, CurrentLimits limits, Descriptors descriptors) {
        this.listener = listener;
        this.relayPem = relayPem;
        this.limits = limits;
        this.descriptors = descriptors;
    }

    @Override
    public Future<?> start() {
        var options = new HttpServerOptions()
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(8192)
                .setMaxInitialLineLength(1024)
                .setHttp2ClearTextEnabled(false);
        server = vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .requestHandler(this::answer)
                .invalidRequestHandler(request -> end(request, 400, "bad request\n"));
        return Sockets.listening(server.listen(listener.port(), listener.host()), listener.host(), listener.port())
                .onSuccess(bound -> port = bound.actualPort());
    }

    private void connected(HttpConnection connection) {
        descriptors.guard(connection);
        connections++;
        // Without a handler of its own Vert.x logs every reset by a stranger as an error.
        var counted = connection
                .closeHandler(v -> connections--)
                .exceptionHandler(e -> log.debug("a connection ended: {}", e.getMessage()));
        if (connections > limits.now().http()) {
            var unused = counted.close();
        }
    }

    private void answer(HttpServerRequest request) {
        boolean get = HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
        if (!get) {
            end(request, 405, "only GET\n");
        } else if (request.path() != null && request.path().equals("/relay.pem")) {
            end(request, 200, relayPem);
        } else {
            end(request, 404, "not found\n");
        }
    }

    private static void end(HttpServerRequest request, int status, String body) {
        var unused = request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Date", HTTP_DATE.format(Instant.now()))
                .putHeader("Allow", "GET, HEAD")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body);
    }

    /** The port that was bound. */
    int port() {
        return port;
    }

    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.close();
    }
}
