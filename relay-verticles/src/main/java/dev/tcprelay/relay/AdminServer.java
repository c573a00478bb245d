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

    private static final String READING = "GET, HEAD";
    private static final String COMMAND = "POST";

    private final Map<String, Route> routes;
    private final Map<String, Route> commands;

    private AdminServer(Map<String, Route> routes, Map<String, Route> commands) {
        this.routes = routes;
        this.commands = commands;
    }

    /**
     * A server of these routes by path, which does not listen yet.
     *
     * @param routes for GET: they change nothing
     * @param commands for POST
     */
    static HttpServer create(Vertx vertx, Map<String, Route> routes, Map<String, Route> commands) {
        var options = new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    var unused = connection.exceptionHandler(e -> log.debug("a connection ended: {}", e.getMessage()));
                })
                .requestHandler(new AdminServer(routes, commands)::answer);
    }

    private void answer(HttpServerRequest request) {
        boolean get = HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
        Route reading = routes.get(request.path());
        Route command = commands.get(request.path());
        if (reading != null && get) {
            answer(request, reading);
        } else if (command != null && HttpMethod.POST.equals(request.method())) {
            answer(request, command);
        } else if (reading != null || command != null) {
            end(request, Answer.text(405, "only " + allowed(request)));
        } else {
            end(request, Answer.text(404, "not found"));
        }
    }

    private String allowed(HttpServerRequest request) {
        return commands.containsKey(request.path()) ? COMMAND : READING;
    }

    private void answer(HttpServerRequest request, Route route) {
        route.answer().onComplete(answer -> end(request, answer), e -> {
            log.error("{} could not be answered", request.path(), e);
            end(request, Answer.text(500, "failed; the relay's log says why"));
        });
    }

    private void end(HttpServerRequest request, Answer answer) {
        var unused = request.response()
                .setStatusCode(answer.status())
                .putHeader("Content-Type", answer.type())
                .putHeader("Allow", allowed(request))
                .putHeader("Cache-Control", "no-store")
                .end(answer.body());
    }
}
