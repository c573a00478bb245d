package dev.tcprelay.junit5;

import dev.tcprelay.channel.Dialler;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.Sockets;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.protocol.files.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP load balancer: each connection goes to the next of several addresses in turn, or to the one after it when
 * nobody listens there. Half-close and resets pass. Ends with its Vertx.
 */
final class Balancer {
    private static final int BACKLOG = 1024;

    private final List<HostPort> targets;
    private final Dialler dialler;
    private final AtomicInteger turn = new AtomicInteger();

    private Balancer(Vertx vertx, List<HostPort> targets) {
        this.targets = targets;
        this.dialler = new Dialler(vertx);
    }

    /** Completes with the port of 127.0.0.1 on which it listens. */
    static Future<Integer> start(Vertx vertx, List<HostPort> targets) {
        var balancer = new Balancer(vertx, targets);
        return vertx.createNetServer(Sockets.server(BACKLOG))
                .connectHandler(socket -> balancer.forward(Leg.of(socket)))
                .listen(0, "127.0.0.1")
                .map(NetServer::actualPort);
    }

    private void forward(Leg from) {
        var order = new ArrayList<>(targets);
        Collections.rotate(order, -(turn.getAndIncrement() % order.size()));
        connect(order, 0)
                .onComplete(
                        to -> from.run(() -> {
                            Splice unused = Splice.join(from, to, end -> {});
                        }),
                        e -> from.run(from::abort));
    }

    private Future<Leg> connect(List<HostPort> order, int at) {
        Future<Leg> attempt = dialler.connect(order.get(at));
        return at + 1 == order.size() ? attempt : attempt.recover(e -> connect(order, at + 1));
    }
}
