package dev.tcprelay.channel;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.TCPSSLOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Options of servers and clients whose connections become legs (docs/protocol.md, section 11). Keepalive finds a silent
 * peer within a minute. Data that nobody acknowledges: see {@link PeerWatch}.
 */
public final class Sockets {
    static final int KEEPALIVE_IDLE_SECONDS = 30;
    static final int KEEPALIVE_INTERVAL_SECONDS = 10;
    static final int KEEPALIVE_PROBES = 3;

    private Sockets() {}

    /** For listeners. The backlog is the number of connections that the kernel holds until they are accepted. */
    public static NetServerOptions server(int backlog) {
        NetServerOptions options = new NetServerOptions()
                .setAcceptBacklog(backlog)
                .setReuseAddress(true)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true);
        probe(options);
        return options;
    }

    /** For outgoing connections, each tried once. */
    public static NetClientOptions client(Duration connectTimeout) {
        NetClientOptions options = new NetClientOptions()
                .setConnectTimeout(Math.toIntExact(connectTimeout.toMillis()))
                .setReconnectAttempts(0)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true);
        probe(options);
        return options;
    }

    /** A listener's start, whose failure names the address. */
    public static <T> Future<T> listening(Future<T> start, String host, int port) {
        return start.recover(e -> {
            var failure = new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
            return Future.failedFuture(failure);
        });
    }

    /**
     * What closes the listening socket that a connection came by, and leaves all connections alone. To be asked inside
     * the handler that Vert.x calls with a new socket. Vert.x itself takes the handler away before it closes the
     * socket: what comes in between makes Netty log a warning with a stack trace.
     */
    public static Supplier<Future<Void>> listener(NetSocket accepted) {
        return Tuning.listener(accepted);
    }

    /**
     * Runs what connects on an event loop: the future of a connection has to get its handlers before it completes,
     * since what the peer sends at once is lost otherwise (see {@link Leg#of}). May be called on any thread.
     */
    static <T> Future<T> onLoop(Vertx vertx, Supplier<Future<T>> connecting) {
        if (Context.isOnEventLoopThread()) {
            return connecting.get();
        }
        Promise<T> promise = Promise.promise();
        vertx.getOrCreateContext().runOnContext(v -> connecting.get().onComplete(promise));
        return promise.future();
    }

    private static void probe(TCPSSLOptions options) {
        options.setTcpKeepAliveIdleSeconds(KEEPALIVE_IDLE_SECONDS)
                .setTcpKeepAliveIntervalSeconds(KEEPALIVE_INTERVAL_SECONDS)
                .setTcpKeepAliveCount(KEEPALIVE_PROBES);
    }
}
