package dev.tcprelay.relay;

import dev.tcprelay.channel.Sockets;
import dev.tcprelay.relay.AdminRoutes.Route;
import dev.tcprelay.relay.RelayOptions.Listener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The port for probes and metrics. */
final class AdminHttp extends VerticleBase {
    private final Listener listener;
    private final Map<String, Route> routes;
    private @Nullable HttpServer server;

    AdminHttp(Listener listener, Map<String, Route> routes) {
        this.listener = listener;
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        HttpServer starting = AdminServer.create(vertx, routes, Map.of());
        server = starting;
        return Sockets.listening(starting.listen(listener.port(), listener.host()), listener.host(), listener.port());
    }

    /** The port that was bound. */
    int port() {
        return server == null ? 0 : server.actualPort();
    }

    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.close();
    }
}
