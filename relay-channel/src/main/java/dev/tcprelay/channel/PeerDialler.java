package dev.tcprelay.channel;

import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.PeerKeys;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens links from this node to others (docs/protocol.md, section 13): connects, waits for HELLO, attaches, and waits
 * for the other node's OK, all within 2 s. Thread-safe; futures complete on the loop of the connection.
 */
public final class PeerDialler {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Dialler dialler;
    private final PeerKeys keys;
    private final NodeId self;
    private final SecureRandom random;

    public PeerDialler(Vertx vertx, PeerKeys keys, NodeId self, SecureRandom random) {
        this.dialler = new Dialler(vertx);
        this.keys = keys;
        this.self = self;
        this.random = random;
    }

    /** A link to that node, which has proven to be it; nothing but ATTACH has been sent. Fails with RelayException. */
    public Future<AttachedLeg> dial(NodeId intended, HostPort address) {
        var attempt = new Attempt(intended);
        return dialler.connect(address)
                .compose(attempt::greeted)
                .timeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .recover(e -> {
                    attempt.abandon();
                    String why = e instanceof TimeoutException ? "no answer for 2 s" : e.getMessage();
                    return Future.failedFuture(new RelayException(
                            Kind.UNREACHABLE, "no link to node " + intended + " at " + address + ": " + why, e));
                });
    }

    /** One connection until it is a link. */
    private final class Attempt {
        private final NodeId intended;
        private @Nullable Leg leg;
        private boolean abandoned;

        Attempt(NodeId intended) {
            this.intended = intended;
        }

        synchronized void abandon() {
            abandoned = true;
            Leg connected = leg;
            if (connected != null) {
                connected.run(connected::abort);
            }
        }

        private synchronized boolean connected(Leg connected) {
            leg = connected;
            return !abandoned;
        }

        Future<AttachedLeg> greeted(Leg connected) {
            Promise<AttachedLeg> attached = Promise.promise();
            if (connected(connected)) {
                OneFrame unused = OneFrame.await(
                        connected,
                        (in, off, available) -> Hello.SIZE,
                        frame -> attach(connected, Hello.decode(frame, Role.PEER))
                                .onComplete(attached),
                        attached::tryFail);
            } else {
                connected.abort();
                attached.fail("too late");
            }
            return attached.future();
        }

        private Future<AttachedLeg> attach(Leg connected, Hello hello) {
            var handshake = keys.dial(hello, self, intended, random);
            return new Attaching(connected, handshake, Attach.peer())
                    .run(Behind.nothing())
                    .compose(link -> link.node().equals(intended)
                            ? Future.succeededFuture(link)
                            : Future.failedFuture("another node answered"));
        }
    }
}
