package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.TargetAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;

/**
 * The server behind the skeleton.
 *
 * @param timeout of a connection for a client
 */
record Target(Site site, TargetAddress address, Duration timeout) {

    /** A connection for a client, as {@link #connect(Duration)}; fails also while descriptors are short. */
    Future<Leg> connect() {
        return site.descriptors().take()
                ? connect(timeout)
                : Future.failedFuture(new IOException("too few descriptors are left"));
    }

    /**
     * A connection within the time; else it fails with {@link dev.tcprelay.channel.TargetException}. From any thread;
     * completes on the verticle's context.
     */
    Future<Leg> connect(Duration within) {
        Promise<Leg> promise = Promise.promise();
        site.onContext(() -> site.targets().connect(address, within).onComplete(promise));
        return promise.future();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
