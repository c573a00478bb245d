package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.Sockets;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.RelayOptions.Listener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Listens on the port of one role and greets what connects. Several instances share a port. */
abstract class Gateway extends VerticleBase {
    private static final int BACKLOG = 1024;

    private final Node node;
    private final Role role;
    private final Listener listener;
    private @Nullable NetServer server;

    Gateway(Node node, Role role, Listener listener) {
        this.node = node;
        this.role = role;
        this.listener = listener;
    }

    @Override
    public Future<?> start() {
        server = vertx.createNetServer(Sockets.server(BACKLOG)).connectHandler(this::arrived);
        return Sockets.listening(server.listen(listener.port(), listener.host()), listener.host(), listener.port())
                .onSuccess(bound -> listening(bound.actualPort()));
    }

    /** Tells the port that was bound. */
    abstract void listening(int port);

    private void arrived(NetSocket socket) {
        node.descriptors().guard(socket);
        SocketAddress from = socket.remoteAddress(); // null when the peer is gone already
        Arrival.greet(node, role, Leg.of(socket), Source.of(from == null ? null : from.hostAddress()));
    }

    @Override
    public Future<?> stop() {
        NetServer listening = server;
        server = null;
        return listening == null
                ? Future.succeededFuture()
                : node.sessions().closeAll().eventually(listening::close);
    }
}
