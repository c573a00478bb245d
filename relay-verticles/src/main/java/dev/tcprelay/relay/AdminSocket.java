package dev.tcprelay.relay;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** The admin socket: HTTP over a Unix domain socket, for the account that the node runs as, and root. */
final class AdminSocket extends VerticleBase {
    private final SocketFile file;
    private final AdminRoutes routes;
    private @Nullable HttpServer server;

    AdminSocket(Path path, AdminRoutes routes, SecureRandom random) {
        this.file = new SocketFile(path, random);
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        HttpServer starting = AdminServer.create(vertx, routes.all(), routes.commands());
        server = starting;
        return vertx.executeBlocking(file::prepare)
                .compose(hidden -> starting.listen(SocketAddress.domainSocketAddress(hidden.toString()))
                        .compose(listening -> blocking(file::publish))
                        .recover(e -> stop().transform(stopped -> Future.failedFuture(e))));
    }

    @Override
    public Future<?> stop() {
        HttpServer stopping = server;
        server = null;
        return stopping == null
                ? Future.succeededFuture()
                : blocking(file::remove).eventually(stopping::close);
    }

    /** Something with files that gives nothing back. */
    private interface Step {
        void run() throws Exception;
    }

    private Future<Void> blocking(Step step) {
        return vertx.executeBlocking(() -> {
            step.run();
            return null;
        });
    }
}
