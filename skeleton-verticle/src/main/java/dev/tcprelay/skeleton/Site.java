package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.RelaySession;
import dev.tcprelay.channel.TargetDialler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * What everything in one skeleton has in common.
 *
 * @param context of the verticle, on which all state lives except that of single legs
 * @param targets connects to the servers; what it has connected ends with the verticle
 */
record Site(
        Vertx vertx,
        Context context,
        Descriptors descriptors,
        RelaySession session,
        TargetDialler targets,
        SecureRandom random,
        Timing timing) {

    /** Runs an action on the verticle's context, after those that were handed over before. From any thread. */
    void onContext(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs an action later, on the context, where this is called too. */
    Cancellable after(Duration delay, Runnable action) {
        long timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> action.run());
        return () -> {
            boolean unused = vertx.cancelTimer(timer);
        };
    }
}
