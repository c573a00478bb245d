package dev.tcprelay.client;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OpenLegs;
import dev.tcprelay.channel.Sockets;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** A local port that leads to one server. On the client's event loop. */
final class ForwardGateway {
    private static final int BACKLOG = 1024;

    private final RelayClient client;
    private final ServerId id;
    private final FailureLog failures;
    private final Descriptors descriptors;
    private final OpenLegs applications = new OpenLegs();
    private @Nullable NetServer server;

    ForwardGateway(RelayClient client, ServerId id, FailureLog failures, Descriptors descriptors) {
        this.client = client;
        this.id = id;
        this.failures = failures;
        this.descriptors = descriptors;
    }

    /** Completes with the port. */
    Future<Integer> listen(Vertx vertx, HostPort at) {
        server = vertx.createNetServer(Sockets.server(BACKLOG)).connectHandler(this::accepted);
        return Sockets.listening(server.listen(at.port(), at.host()), at.host(), at.port())
                .map(NetServer::actualPort);
    }

    private void accepted(NetSocket socket) {
        descriptors.guard(socket);
        new ForwardedConnection(applications.add(Leg.of(socket)), client, id, failures).begin();
    }

    Future<Void> close() {
        NetServer listening = server;
        server = null;
        return (listening == null ? Future.<Void>succeededFuture() : listening.close())
                .eventually(applications::abortAll);
    }
}
