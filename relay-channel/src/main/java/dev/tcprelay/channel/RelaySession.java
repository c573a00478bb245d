package dev.tcprelay.channel;

import dev.tcprelay.channel.ControlConnection.Keepalive;
import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer's session with a relay: logged in, kept alive, and logged in again, for ever, whenever the connection is lost
 * (docs/protocol.md, M15). It holds the newest ticket and attaches legs by it. {@link #attach} and {@link #send} may be
 * called on any thread; the listener is called on the context on which {@link #start} was called.
 */
public final class RelaySession {
    private static final Logger log = LoggerFactory.getLogger(RelaySession.class);
    private static final Duration TICKET_WAIT = Duration.ofSeconds(5);
    private static final Duration HELD = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Dialler dialler;
    private volatile RelayAddress relay;
    private final Credentials credentials;
    private final Instance instance;
    private final Listener listener;
    private final SecureRandom random = new SecureRandom();
    private final Backoff backoff = new Backoff(random);
    private final Promise<Welcome> first = Promise.promise();
    private final NewestTicket tickets = new NewestTicket();
    private @Nullable Context context;
    private @Nullable ControlConnection current;
    private volatile @Nullable PublicKey provenKey;
    private boolean once;
    private boolean connecting;
    private boolean stopped;

    /** What a role does with its session. */
    public interface Listener {
        /** Logged in, for the first time or again. */
        void established(Welcome welcome);

        /** A message for the role: neither WELCOME, TICKET nor GOAWAY. */
        void received(ControlMessage message);

        /** The connection is gone; the session is trying to come back. */
        void lost(String reason);

        /** A try to log in came to nothing; the session goes on trying. */
        default void failed(String reason) {}
    }

    public RelaySession(
            Vertx vertx, RelayAddress relay, Credentials credentials, Instance instance, Listener listener) {
        this.vertx = vertx;
        this.dialler = new Dialler(vertx);
        this.relay = relay;
        this.credentials = credentials;
        this.instance = instance;
        this.listener = listener;
    }

    /**
     * Begins. Completes at the first login; fails with {@link RelayException} when the relay refuses the credentials or
     * is not the pinned one, which ends the session. While the relay cannot be reached it goes on trying.
     */
    public Future<Welcome> start() {
        Context own = vertx.getOrCreateContext();
        context = own;
        own.runOnContext(v -> connect());
        return first.future();
    }

    /** The same for one short use: the first try decides, also when the relay cannot be reached. */
    public Future<Welcome> startOnce() {
        once = true;
        return start();
    }

    /** The relay of this session. */
    public RelayAddress relay() {
        return relay;
    }

    /** The key that the relay has proven at the last login; null before the first. */
    public @Nullable PublicKey provenKey() {
        return provenKey;
    }

    /** True while logged in. */
    public boolean established() {
        return current != null;
    }

    /** Sends a message, if logged in; the listener's {@code established} is the place to say things again. */
    public void send(ControlMessage message) {
        onContext(() -> {
            if (current != null) {
                current.send(message);
            }
        });
    }

    /** Says goodbye and ends the session for good. */
    public Future<Void> stop() {
        Promise<Void> done = Promise.promise();
        onContext(() -> {
            stopped = true;
            if (current != null) {
                current.close(new ControlMessage.Bye(), "stopped");
            }
            current = null;
            done.complete();
        });
        return done.future();
    }

    private void onContext(Runnable action) {
        Context own = context;
        if (own == null) {
            throw new IllegalStateException("the session has not been started");
        }
        own.runOnContext(v -> action.run());
    }

    private void connect() {
        if (connecting || stopped) {
            return;
        }
        connecting = true;
        dialler.greet(relay)
                .compose(greeted -> new Login(vertx, greeted, relay, credentials, random)
                        .run(instance, Keepalive.DEFAULT)
                        .map(connection -> new Incoming(connection, greeted.key())))
                .onComplete(Incoming::start, e -> onContext(() -> failed(e)));
    }

    private void failed(Throwable e) {
        connecting = false;
        Kind kind = e instanceof RelayException relayException ? relayException.kind() : Kind.UNREACHABLE;
        if (!first.future().isComplete() && (once || kind != Kind.UNREACHABLE)) {
            stopped = true;
            first.fail(e);
            return;
        }
        fruitless(String.valueOf(e.getMessage()));
        retry(kind == Kind.UNREACHABLE ? backoff.afterFailure() : backoff.afterRefusal());
    }

    private void fruitless(String reason) {
        log.debug("login at {} came to nothing: {}", relay.address(), reason);
        listener.failed(reason);
    }

    private void retry(Duration wait) {
        if (!stopped) {
            vertx.timer(wait.toMillis(), TimeUnit.MILLISECONDS).onComplete(v -> onContext(this::connect));
        }
    }

    private void established(Incoming incoming, Welcome welcome, Ticket newest) {
        ControlConnection connection = incoming.connection;
        connecting = false;
        ControlConnection old = current;
        current = connection;
        tickets.renewed(newest);
        if (old != null) {
            old.close(new ControlMessage.Bye(), "replaced by a new connection");
        }
        if (stopped) {
            connection.close(new ControlMessage.Bye(), "stopped");
            return;
        }
        vertx.timer(HELD.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(v -> onContext(() -> {
                    if (current == connection) {
                        backoff.reset();
                    }
                }));
        provenKey = incoming.key;
        relay = relay.learned(incoming.key, welcome.nextKey());
        log.info("logged in to the relay at {} as {}", relay.address(), credentials.user());
        listener.established(welcome);
        first.tryComplete(welcome);
    }

    private void lost(ControlConnection connection, String reason) {
        if (current == connection) {
            current = null;
            log.warn("lost the relay at {}: {}; trying again", relay.address(), reason);
            listener.lost(reason);
            // A login that is under way, because of GOAWAY or a stale ticket, decides itself how to go on.
            if (!connecting) {
                retry(backoff.afterFailure());
            }
        } else if (current == null) {
            failed(new RelayException(
                    Kind.UNREACHABLE, "the relay at " + relay.address() + " ended the login: " + reason));
        } else {
            connecting = false;
        }
    }

    /**
     * A new leg at the relay; fails with {@link RelayException}. Waits up to 5 s for a session. A leg that is refused
     * is tried once more with a newer ticket, for which the session logs in again if need be.
     */
    public Future<AttachedLeg> attach(Attach attach, Behind behind) {
        return ticket(null)
                .compose(with -> attach(with, attach, behind)
                        .recover(e -> RelayException.isRefusal(e)
                                ? ticket(with).compose(newer -> attach(newer, attach, behind))
                                : Future.failedFuture(e)));
    }

    private Future<AttachedLeg> attach(Ticket with, Attach attach, Behind behind) {
        return dialler.greet(relay).compose(greeted -> {
            Promise<AttachedLeg> attached = Promise.promise();
            greeted.leg()
                    .loop()
                    .execute(() -> new Attaching(greeted, with, attach, random)
                            .run(behind)
                            .onComplete(attached));
            return attached.future();
        });
    }

    /** The newest ticket, or the next one if that is {@code stale}. */
    private Future<Ticket> ticket(@Nullable Ticket stale) {
        Future<Ticket> awaited = tickets.other(
                stale,
                () -> onContext(() -> {
                    if (current != null) {
                        connect();
                    }
                }));
        return awaited.timeout(TICKET_WAIT.toMillis(), TimeUnit.MILLISECONDS).recover(e -> {
            tickets.giveUp(awaited);
            return Future.failedFuture(new RelayException(
                    Kind.UNREACHABLE, "not logged in to the relay at " + relay.address() + "; it is being tried"));
        });
    }

    /** What comes on one connection; hops to the session's context. */
    private final class Incoming implements ControlConnection.Owner {
        private final ControlConnection connection;
        private final PublicKey key;
        private @Nullable Welcome welcome;
        private boolean established;

        Incoming(ControlConnection connection, PublicKey key) {
            this.connection = connection;
            this.key = key;
        }

        void start() {
            connection.loop().execute(() -> connection.start(this));
        }

        @Override
        public void received(ControlMessage message) {
            onContext(() -> take(message));
        }

        private void take(ControlMessage message) {
            if (message instanceof Welcome said) {
                welcome = said;
            } else if (message instanceof Ticket newest && !established && welcome != null) {
                established = true;
                RelaySession.this.established(this, welcome, newest);
            } else if (message instanceof Ticket newest) {
                tickets.renewed(newest);
            } else if (message instanceof GoAway goAway) {
                log.info("the relay at {} goes away: {}", relay.address(), goAway.reason());
                connect();
            } else if (message instanceof ControlMessage.Fault fault) {
                connection.close(new ControlMessage.Bye(), "the relay ended the session: " + fault.message());
            } else {
                listener.received(message);
            }
        }

        @Override
        public void lost(String reason) {
            onContext(() -> RelaySession.this.lost(connection, reason));
        }
    }
}
