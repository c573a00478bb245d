package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.TargetAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connects to servers. Those whom it has connected are cut when the verticle ends on whose context it was made.
 * Thread-safe.
 */
public final class TargetDialler {
    /** Before a Unix socket whose queue of connections is full is tried again: for TCP the kernel does that. */
    private static final long BUSY_MILLIS = 50;

    private static final Duration UNUSED = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final NetClient client;

    public TargetDialler(Vertx vertx) {
        this.vertx = vertx;
        this.client = vertx.createNetClient(Sockets.client(UNUSED));
    }

    /**
     * A connection within the time or not at all: then it fails with {@link TargetException}. The addresses of a name,
     * which is looked up anew, are tried in random order; they share the time. Completes on the caller's context; the
     * leg has that one's loop.
     */
    public Future<Leg> connect(TargetAddress to, Duration within) {
        return Sockets.onLoop(vertx, () -> connectNow(to, within));
    }

    private Future<Leg> connectNow(TargetAddress to, Duration within) {
        Promise<Leg> promise = Promise.promise();
        long end = System.nanoTime() + within.toNanos();
        long deadline =
                vertx.setTimer(Math.max(1, within.toMillis()), id -> promise.tryFail(TargetException.timedOut()));
        addresses(to)
                .compose(all -> inTurn(all, end))
                .onComplete(done -> {
                    boolean unused = vertx.cancelTimer(deadline);
                })
                .onComplete(
                        leg -> {
                            if (!promise.tryComplete(leg)) {
                                leg.run(leg::abort);
                            }
                        },
                        e -> promise.tryFail(TargetException.of(e)));
        return promise.future();
    }

    private Future<List<SocketAddress>> addresses(TargetAddress to) {
        if (to instanceof TargetAddress.Unix unix) {
            return Future.succeededFuture(List.of(SocketAddress.domainSocketAddress(unix.path())));
        }
        HostPort tcp = ((TargetAddress.Tcp) to).address();
        return Dialler.addresses(vertx, tcp.host())
                .map(all -> all.stream()
                        .map(at -> SocketAddress.inetSocketAddress(tcp.port(), at.getHostAddress()))
                        .toList());
    }

    /** Tries these addresses, one at least, one after the other. */
    Future<Leg> inTurn(List<SocketAddress> left, long end) {
        long now = System.nanoTime();
        Future<Leg> first = dial(left.get(0), now + (end - now) / left.size());
        return left.size() == 1
                ? first
                : first.recover(e -> inTurn(left.subList(1, left.size()), end)
                        .recover(later -> Future.failedFuture(TargetException.clearer(e, later))));
    }

    private Future<Leg> dial(SocketAddress to, long end) {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (millis <= 0) {
            return Future.failedFuture(TargetException.timedOut());
        }
        var options = new ConnectOptions().setRemoteAddress(to).setTimeout(Math.toIntExact(millis));
        return client.connect(options).map(Leg::of).recover(e -> {
            TargetException failure = TargetException.of(e);
            return failure.busy()
                    ? vertx.timer(BUSY_MILLIS, TimeUnit.MILLISECONDS).compose(v -> dial(to, end))
                    : Future.failedFuture(failure);
        });
    }
}
