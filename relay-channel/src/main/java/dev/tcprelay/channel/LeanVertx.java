package dev.tcprelay.channel;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.transport.Transport;
import java.util.List;

/**
 * A Vertx without a cluster. Vert.x' own builder also looks for a cluster manager on the class path, and so loads
 * classes of Hazelcast and reads its jar, which only a node of a cluster needs.
 */
public final class LeanVertx {
    private LeanVertx() {}

    /** The same as {@link Vertx#builder} makes with these options. May be called on any thread. */
    public static Vertx create(VertxOptions options) {
        Transport transport = options.getPreferNativeTransport() ? Transport.nativeTransport() : null;
        return VertxBootstrap.create()
                .options(options)
                .transport((transport == null ? Transport.NIO : transport).implementation())
                .serviceProviders(List.of())
                .init()
                .vertx();
    }
}
