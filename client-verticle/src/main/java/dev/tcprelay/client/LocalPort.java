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
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A port for the applications of this machine. On the client's event loop. */
final class LocalPort {
    private static final int BACKLOG = 1024;

    /** Longer than any connection. */
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final Vertx vertx;
    private final Descriptors descriptors;
    private final OpenLegs applications = new OpenLegs();
    private Consumer<Leg> accepting;
    private @Nullable NetServer server;

    /** @param accepting takes each application that connects; its leg has no receiver yet */
    LocalPort(Vertx vertx, Descriptors descriptors, Consumer<Leg> accepting) {
        this.vertx = vertx;
        this.descriptors = descriptors;
        this.accepting = accepting;
    }

    /** Completes with the port's number. */
    Future<Integer> listen(HostPort at) {
        server = vertx.createNetServer(Sockets.server(BACKLOG)).connectHandler(this::accepted);
        return Sockets.listening(server.listen(at.port(), at.host()), at.host(), at.port())
                .map(NetServer::actualPort);
    }

    private void accepted(NetSocket socket) {
        descriptors.guard(socket);
        accepting.accept(applications.add(Leg.of(socket)));
    }

    /** Who takes the applications that connect from now on. */
    void accepting(Consumer<Leg> next) {
        accepting = next;
    }

    /**
     * Listens no longer; connections go on. Completes when the port is free.
     *
     * @param ended called when the last connection has ended
     */
    Future<Void> retire(Runnable ended) {
        NetServer listening = server;
        if (listening == null) {
            return Future.succeededFuture();
        }
        listening.shutdown(FOR_EVER).onComplete(done -> ended.run());
        // Vert.x does not tell when the port is free, and one that is listened on too early would share the old
        // server, which is deaf. It binds and frees ports on one thread, in order: so once another has been bound.
        return vertx.createNetServer()
                .connectHandler(nobody -> {})
                .listen(0, "127.0.0.1")
                .compose(NetServer::close)
                .otherwiseEmpty();
    }

    /** Listens no longer, and resets the connections. */
    Future<Void> close() {
        NetServer listening = server;
        server = null;
        return (listening == null ? Future.<Void>succeededFuture() : listening.close())
                .eventually(applications::abortAll);
    }
}
