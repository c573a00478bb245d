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
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Listens on the port of one role and greets what connects. Several instances share a port. */
abstract class Gateway extends VerticleBase {
    private static final int BACKLOG = 1024;
    /** Longer than any drain: until then Vert.x leaves the connections of a closed port alone. */
    private static final Duration FOREVER = Duration.ofDays(100);

    private final Node node;
    private final Role role;
    private final Listener listener;
    private volatile @Nullable NetServer server;
    private volatile Supplier<Future<Void>> accepting = Future::succeededFuture;
    private boolean accepted;

    Gateway(Node node, Role role, Listener listener) {
        this.node = node;
        this.role = role;
        this.listener = listener;
    }

    @Override
    public Future<?> start() {
        NetServer starting = vertx.createNetServer(Sockets.server(BACKLOG)).connectHandler(this::arrived);
        server = starting;
        return Sockets.listening(starting.listen(listener.port(), listener.host()), listener.host(), listener.port())
                .onSuccess(bound -> listening(bound.actualPort()));
    }

    final Role role() {
        return role;
    }

    /**
     * Takes no more connections; those that are there stay, and from now on are not ended with the verticle either. For
     * any thread.
     */
    final void close() {
        NetServer closing = server;
        server = null;
        if (closing != null) {
            var unused = accepting.get().eventually(() -> closing.shutdown(FOREVER));
        }
    }

    /** Tells the port that was bound. */
    abstract void listening(int port);

    private void arrived(NetSocket socket) {
        if (!accepted) {
            accepted = true;
            accepting = Sockets.listener(socket);
        }
        node.descriptors().guard(socket);
        SocketAddress from = socket.remoteAddress(); // null when the peer is gone already
        String address = from == null ? null : from.hostAddress();
        Leg leg = Leg.of(socket);
        if (address != null && listener.forwards(address)) {
            Arrival.greetForwarded(node, role, leg, Source.of(address));
        } else {
            Arrival.greet(node, role, leg, Source.of(address));
        }
    }

    @Override
    public Future<?> stop() {
        NetServer listening = server;
        server = null;
        return listening == null
                ? Future.succeededFuture()
                : node.sessions().closeAll().eventually(accepting).eventually(listening::close);
    }
}
