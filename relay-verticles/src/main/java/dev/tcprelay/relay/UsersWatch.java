package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.Users;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the users file from time to time, and tells the node's parts when it has changed. On the node's context. */
final class UsersWatch {
    private static final Logger log = LoggerFactory.getLogger(UsersWatch.class);

    private final Vertx vertx;
    private final Node node;
    private final UsersFile users;
    private Future<?> looking = Future.succeededFuture();
    private boolean stopped;

    UsersWatch(Vertx vertx, Node node, UsersFile users) {
        this.vertx = vertx;
        this.node = node;
        this.users = users;
    }

    void begin(Duration pause) {
        vertx.timer(pause.toMillis(), TimeUnit.MILLISECONDS)
                .compose(v -> {
                    looking = stopped ? Future.succeededFuture() : look();
                    return looking.transform(looked -> Future.succeededFuture());
                })
                .onComplete(
                        v -> {
                            if (!stopped) {
                                begin(pause);
                            }
                        },
                        cancelled -> log.debug("no more looking at the users file"));
    }

    /** Completes when a look that is under way has ended. */
    Future<?> stop() {
        stopped = true;
        return looking;
    }

    private Future<?> look() {
        return vertx.executeBlocking(users::changed)
                .onSuccess(changed -> changed.ifPresent(this::changed))
                .onFailure(e -> {
                    if (!stopped) {
                        node.counters().usersRefused.increment();
                        log.error("the users stay as they were: {}", e.getMessage());
                    }
                });
    }

    private void changed(Users users) {
        node.accounts().replace(users);
        node.sessions().usersChanged();
        node.warmLegs().usersChanged();
        node.spares().usersChanged();
        log.info("users file read again: {} users, {}", users.all().size(), users.hash());
    }
}
