package dev.tcprelay.channel;

import dev.tcprelay.channel.ControlConnection.Keepalive;
import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A peer's session with a relay: logged in at one of its nodes or at several, kept alive, and logged in again, for
 * ever, whenever a connection is lost or a node goes away (docs/protocol.md, M15, M25 and M67). It holds the newest
 * ticket and attaches legs by it. {@link #attach} may be called on any thread; the listener is called on the context
 * on which {@link #start} was called.
 */
public final class RelaySession {
    private static final Logger log = LoggerFactory.getLogger(RelaySession.class);
    private static final Duration TICKET_WAIT = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Dialler dialler;
    private volatile RelayAddress relay;
    private final Credentials credentials;
    private final Instance instance;
    private final Listener listener;
    private final SecureRandom random = new SecureRandom();
    private final Promise<Welcome> first = Promise.promise();
    private final NewestTicket tickets = new NewestTicket(System::nanoTime);
    private final NodeSessions sessions;
    private @Nullable Context context;
    private volatile @Nullable PublicKey provenKey;
    private boolean once;

    /** What a role does with its session. */
    public interface Listener {
        /**
         * Logged in at a node.
         *
         * @param replaced the session with the same node in whose place the node has put this one, with all that was
         *     registered there (M21); it is not told as lost. Null: there was none
         */
        void established(NodeSession session, @Nullable NodeSession replaced);

        /** A message for the role: neither WELCOME, TICKET nor GOAWAY. */
        void received(NodeSession session, ControlMessage message);

        /** That one is gone; others may be there, see {@link RelaySession#established}. One is looked for. */
        void lost(NodeSession session, String reason);

        /** That node stops: what is held there and not in use is better given up. Another node is looked for. */
        default void draining(NodeSession session) {}

        /** A try to log in came to nothing, and there is no session; it goes on trying. */
        default void failed(String reason) {}

        /** Whether the session stands for all that the others are used for, so that they may be left. */
        default boolean stands(NodeSession session) {
            return true;
        }
    }

    /** A session with one node. */
    public RelaySession(
            Vertx vertx, RelayAddress relay, Credentials credentials, Instance instance, Listener listener) {
        this(vertx, relay, credentials, instance, Redialling.STANDARD, listener);
    }

    public RelaySession(
            Vertx vertx,
            RelayAddress relay,
            Credentials credentials,
            Instance instance,
            Redialling times,
            Listener listener) {
        this.vertx = vertx;
        this.dialler = new Dialler(vertx);
        this.relay = relay;
        this.credentials = credentials;
        this.instance = instance;
        this.listener = listener;
        this.sessions = new NodeSessions(vertx, times, new Redial(random, times), new Events());
    }

    /**
     * Begins. Completes at the first login; fails with {@link RelayException} when the relay refuses the credentials or
     * is not the pinned one, which ends the session. While the relay cannot be reached it goes on trying.
     */
    public Future<Welcome> start() {
        Context own = vertx.getOrCreateContext();
        context = own;
        own.runOnContext(v -> sessions.login());
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

    /** True while logged in anywhere. */
    public boolean established() {
        return !sessions.live().isEmpty();
    }

    /** True while legs can be attached, with or without a session: while there is a ticket that has not run out. */
    public boolean attachable() {
        return tickets.now() != null;
    }

    /** The one for what any node can do: the newest, but one that is to be left only if there is no other. */
    public Optional<NodeSession> best() {
        return sessions.best();
    }

    /** Says goodbye and ends the session for good. */
    public Future<Void> stop() {
        Promise<Void> done = Promise.promise();
        onContext(() -> {
            sessions.stop();
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

    private void failed(Throwable e) {
        Kind kind = e instanceof RelayException relayException ? relayException.kind() : Kind.UNREACHABLE;
        if (!first.future().isComplete() && (once || kind != Kind.UNREACHABLE)) {
            sessions.stop();
            first.fail(e);
        } else {
            sessions.failed(String.valueOf(e.getMessage()), kind != Kind.UNREACHABLE);
        }
    }

    /**
     * A new leg at the relay; fails with {@link RelayException}. Needs no session while a ticket is at hand, else waits
     * up to 5 s for one. A leg that is refused is tried once more with a newer ticket, for which the session logs in
     * again if need be.
     */
    public Future<AttachedLeg> attach(Attach attach, Behind behind) {
        return ticket(null)
                .compose(with -> attach(with, attach, behind)
                        .recover(e -> RelayException.isRefusal(e)
                                ? ticket(with).compose(newer -> attach(newer, attach, behind))
                                : Future.failedFuture(e)))
                .onSuccess(attached -> onContext(() -> sessions.seen(attached.node())));
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
                    if (established()) {
                        sessions.login();
                    }
                }));
        return awaited.timeout(TICKET_WAIT.toMillis(), TimeUnit.MILLISECONDS).recover(e -> {
            tickets.giveUp(awaited);
            return Future.failedFuture(new RelayException(
                    Kind.UNREACHABLE, "not logged in to the relay at " + relay.address() + "; it is being tried"));
        });
    }

    /** What becomes of the sessions with nodes. */
    private final class Events implements NodeSessions.Owner {
        @Override
        public void login(Set<InetAddress> avoided) {
            RelayAddress to = relay;
            dialler.greet(to, avoided)
                    .compose(greeted -> new Login(vertx, greeted, to, credentials, random)
                            .run(instance, Keepalive.DEFAULT)
                            .map(connection ->
                                    new NodeSession(connection, greeted, RelaySession.this::onContext, sessions)))
                    .onComplete(NodeSession::start, e -> onContext(() -> RelaySession.this.failed(e)));
        }

        @Override
        public void loginEnded(String reason) {
            RelaySession.this.failed(
                    new RelayException(Kind.UNREACHABLE, "the relay at " + relay() + " ended the login: " + reason));
        }

        @Override
        public void ticket(Ticket ticket) {
            tickets.renewed(ticket);
        }

        @Override
        public String relay() {
            return relay.address().toString();
        }

        @Override
        public void established(NodeSession session, @Nullable NodeSession replaced) {
            provenKey = session.key();
            relay = relay.learned(session.key(), session.welcome().nextKey());
            log.atLevel(replaced == null ? Level.INFO : Level.DEBUG)
                    .log("logged in to the relay at {} as {}, node {}", relay(), credentials.user(), session.node());
            listener.established(session, replaced);
            first.tryComplete(session.welcome());
        }

        @Override
        public void received(NodeSession session, ControlMessage message) {
            listener.received(session, message);
        }

        @Override
        public void lost(NodeSession session, String reason) {
            listener.lost(session, reason);
        }

        @Override
        public void draining(NodeSession session) {
            listener.draining(session);
        }

        @Override
        public void failed(String reason) {
            listener.failed(reason);
        }

        @Override
        public boolean stands(NodeSession session) {
            return listener.stands(session);
        }
    }
}
