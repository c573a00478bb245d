package dev.tcprelay.client;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OpenLegs;
import dev.tcprelay.channel.Sockets;
import dev.tcprelay.protocol.files.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * The proxy port: SOCKS5 and HTTP CONNECT. Host names are server ids, never resolved. The reply tells the true outcome:
 * success only after the server has been reached. On the client's event loop.
 */
final class SocksGateway {
    private static final int BACKLOG = 1024;

    /** Connections whose request is not complete; beyond, new ones are closed. */
    static final int NEGOTIATING = 1024;

    private final RelayClient client;
    private final @Nullable ProxyCredentials credentials;
    private final FailureLog failures;
    private final Descriptors descriptors;
    private final OpenLegs applications = new OpenLegs();
    private @Nullable NetServer server;
    private int negotiating;

    SocksGateway(
            RelayClient client, @Nullable ProxyCredentials credentials, FailureLog failures, Descriptors descriptors) {
        this.client = client;
        this.credentials = credentials;
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
        Leg leg = applications.add(Leg.of(socket));
        if (negotiating == NEGOTIATING) {
            leg.close();
            return;
        }
        negotiating++;
        new ProxyConnection(leg, client, credentials, failures, () -> negotiating--).begin();
    }

    Future<Void> close() {
        NetServer listening = server;
        server = null;
        return (listening == null ? Future.<Void>succeededFuture() : listening.close())
                .eventually(applications::abortAll);
    }
}
