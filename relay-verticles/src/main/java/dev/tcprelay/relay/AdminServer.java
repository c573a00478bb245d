package dev.tcprelay.relay;

import dev.tcprelay.relay.AdminRoutes.Answer;
import dev.tcprelay.relay.AdminRoutes.Route;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP for those who operate a node: each path leads to one {@link Route}. */
final class AdminServer {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int IDLE_SECONDS = 60;

    private final Map<String, Route> routes;

    private AdminServer(Map<String, Route> routes) {
        this.routes = routes;
    }

    /** A server of these routes by path, which does not listen yet. */
    static HttpServer create(Vertx vertx, Map<String, Route> routes) {
        var options = new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    var unused = connection.exceptionHandler(e -> log.debug("a connection ended: {}", e.getMessage()));
                })
                .requestHandler(new AdminServer(routes)::answer);
    }

    private void answer(HttpServerRequest request) {
        Route route = routes.get(request.path());
        if (route == null) {
            end(request, Answer.text(404, "not found"));
        } else if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
            end(request, Answer.text(405, "only GET"));
        } else {
            route.answer().onComplete(answer -> end(request, answer), e -> {
                log.error("{} could not be answered", request.path(), e);
                end(request, Answer.text(500, "failed; the relay's log says why"));
            });
        }
    }

    private static void end(HttpServerRequest request, Answer answer) {
        var unused = request.response()
                .setStatusCode(answer.status())
                .putHeader("Content-Type", answer.type())
                .putHeader("Allow", "GET, HEAD")
                .putHeader("Cache-Control", "no-store")
                .end(answer.body());
    }
}
