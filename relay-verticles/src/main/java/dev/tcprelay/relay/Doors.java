package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.RelayOptions.Listener;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The ports by which sessions, legs and links come to a node. */
final class Doors {
    private final Vertx vertx;
    private final SecureRandom random;
    private final List<Gateway> open = new CopyOnWriteArrayList<>();

    Doors(Vertx vertx, SecureRandom random) {
        this.vertx = vertx;
        this.random = random;
    }

    /**
     * Opens a port. All instances share it. Where any free one will do they say so by the same negative number, which
     * to Vert.x is such a port; a number of its own, so that no other gateway shares it.
     */
    Future<?> open(Listener listener, Function<Listener, Gateway> gateway) {
        int port = listener.port() == 0 ? -1 - random.nextInt(Integer.MAX_VALUE) : listener.port();
        var shared = listener.on(port);
        return vertx.deployVerticle(
                () -> {
                    Gateway made = gateway.apply(shared);
                    open.add(made);
                    return made;
                },
                new DeploymentOptions().setInstances(listener.instances()));
    }

    /** Takes no more connections of that role; those that are there stay. For any thread. */
    void close(Role role) {
        open.stream().filter(gateway -> gateway.role() == role).forEach(Gateway::close);
    }
}
