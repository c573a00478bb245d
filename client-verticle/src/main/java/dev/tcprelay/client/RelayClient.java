package dev.tcprelay.client;

import dev.tcprelay.channel.Credentials;
import dev.tcprelay.channel.NodeSession;
import dev.tcprelay.channel.OpenLegs;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.RelaySession;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of one relay, for programs: logs in, stays logged in, lists the available servers and opens tunnels to
 * them. After {@link #start} its methods may be called on any thread; futures complete on the Vert.x context of the
 * caller. All its connections live on the event loop on which it was started.
 */
public final class RelayClient {
    private final Vertx vertx;
    private final RelayAddress relay;
    private final Credentials credentials;
    private final PskSource psks;
    private final RelayClientOptions options;
    private final Deadlines deadlines;
    private final Observer observer;
    private final OpenLegs tunnels = new OpenLegs();
    private volatile @Nullable Running running;

    /**
     * @param relay the client port of the relay
     * @param psks where the psks of servers are found, such as {@link PskFiles}
     */
    public RelayClient(
            Vertx vertx, RelayAddress relay, Credentials credentials, PskSource psks, RelayClientOptions options) {
        this(vertx, relay, credentials, psks, options, new Observer() {});
    }

    /** @param observer hears what becomes of the session */
    public RelayClient(
            Vertx vertx,
            RelayAddress relay,
            Credentials credentials,
            PskSource psks,
            RelayClientOptions options,
            Observer observer) {
        this(vertx, relay, credentials, psks, options, observer, Deadlines.DEFAULT);
    }

    RelayClient(
            Vertx vertx,
            RelayAddress relay,
            Credentials credentials,
            PskSource psks,
            RelayClientOptions options,
            Observer observer,
            Deadlines deadlines) {
        this.vertx = vertx;
        this.relay = relay;
        this.credentials = credentials;
        this.psks = psks;
        this.options = options;
        this.deadlines = deadlines;
        this.observer = observer;
    }

    /** Hears what becomes of the session, on the client's context. */
    public interface Observer {
        /**
         * Logged in, with the key that the relay has proven. A key that it announces to change to is to be kept, for
         * instance by {@link dev.tcprelay.channel.RelayLogins#remember}: then the change needs nobody's hand.
         */
        default void established(PublicKey proven, @Nullable PublicKey announced) {}

        /** A try to log in came to nothing; the client goes on trying. */
        default void failed(String reason) {}
    }

    /** What there is between start and stop. */
    private record Running(ClientParts parts, AheadTunnels ahead, RelaySession session, Listing listing) {}

    /**
     * Begins; to be called once. Completes at the first login. Fails with {@link dev.tcprelay.channel.RelayException}
     * when the relay refuses the credentials or is not the pinned one, which is final. While the relay cannot be
     * reached it goes on trying.
     *
     * @throws IllegalStateException on a worker or virtual thread of Vert.x, or when called again
     */
    public Future<Void> start() {
        return start(RelaySession::start);
    }

    /** The same for one short use: the first try decides, also when the relay cannot be reached. */
    public Future<Void> startOnce() {
        return start(RelaySession::startOnce);
    }

    private Future<Void> start(Function<RelaySession, Future<Welcome>> way) {
        Context context = vertx.getOrCreateContext();
        if (running != null || !context.isEventLoopContext()) {
            throw new IllegalStateException("a client is started once, and on an event loop");
        }
        var own = new OwnContext(vertx, context);
        Promise<Void> started = Promise.promise();
        Running now = create(own);
        running = now;
        own.run(() -> {
            now.parts.outage().began("not logged in yet");
            way.apply(now.session)
                    .onFailure(e -> now.parts.outage().forEver(String.valueOf(e.getMessage())))
                    .<Void>mapEmpty()
                    .onComplete(started);
        });
        return started.future();
    }

    private Running create(OwnContext own) {
        var random = new SecureRandom();
        var events = new Events();
        var session = new RelaySession(vertx, relay, credentials, Instance.random(random), events);
        var warmLegs = new WarmLegs(own, session::attach, options.warmLegs(), deadlines, random);
        var outage =
                new Outage(own, deadlines.outage(), relay.address().toString(), session::attachable, warmLegs::empty);
        var recent = new RecentPsks(own, psks, System::nanoTime);
        var parts = new ClientParts(own, session::attach, recent, warmLegs, outage, tunnels, deadlines, random);
        var listing = new Listing(own, session::best, deadlines.page());
        events.to = new Running(parts, new AheadTunnels(parts, options.ahead()), session, listing);
        return events.to;
    }

    /** The servers that are available to the user, in order of id. Fails with {@link TunnelException}. */
    public Future<List<ServerInfo>> list() {
        Running now = started();
        return called(now, () -> now.parts.outage().end().compose(up -> now.listing.begin()));
    }

    /**
     * A tunnel to a server. The relay is given 10 s to find the server, and the server 10 s more to answer. Fails with
     * {@link TunnelException}.
     */
    public Future<Tunnel> open(ServerId id) {
        Running now = started();
        Context caller = vertx.getOrCreateContext();
        return called(now, () -> begin(id).future().compose(stream -> result(stream, id)))
                .map(stream -> new Tunnel(id, stream, caller));
    }

    /** The same for this module, without RESULT: to be called on the client's event loop. */
    Opening begin(ServerId id) {
        Running now = started();
        return new Opening(now.parts, now.ahead, id).begin();
    }

    Future<SealedStream> result(SealedStream stream, ServerId id) {
        return AwaitedResult.of(stream, id, deadlines.result());
    }

    /** How many tunnels wait for their use, on whatever server. */
    Future<Integer> waitingAhead() {
        Running now = started();
        return called(now, () -> Future.succeededFuture(now.ahead.waiting()));
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** Says goodbye to the relay and resets the tunnels that are open. */
    public Future<Void> stop() {
        Running now = running;
        if (now == null) {
            return Future.succeededFuture();
        }
        return called(now, () -> {
            now.parts.outage().forEver("this client has been stopped");
            now.ahead.hold();
            return now.session.stop().compose(v -> tunnels.abortAll());
        });
    }

    private Running started() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the client has not been started");
        }
        return now;
    }

    /** Runs a step on the client's context, and completes on the caller's. */
    private <T> Future<T> called(Running now, Supplier<Future<T>> step) {
        Context caller = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        now.parts.own().run(() -> step.get().onComplete(done -> caller.runOnContext(v -> promise.handle(done))));
        return promise.future();
    }

    /** What the session tells; on the client's context. */
    private final class Events implements RelaySession.Listener {
        private @Nullable Running to;

        private Running running() {
            Running known = to;
            if (known == null) {
                throw new IllegalStateException("an event before the start");
            }
            return known;
        }

        @Override
        public void established(NodeSession session, @Nullable NodeSession replaced) {
            if (!running().parts.outage().over()) {
                running().parts.outage().ended();
                running().parts.warmLegs().fill();
            }
            running().ahead.fill();
            running().listing.established();
            PublicKey proven = running().session.provenKey();
            if (proven != null) {
                observer.established(proven, session.welcome().nextKey());
            }
        }

        @Override
        public void received(NodeSession session, ControlMessage message) {
            if (message instanceof ControlMessage.Servers page) {
                running().listing.received(session, page);
            }
        }

        @Override
        public void lost(NodeSession session, String reason) {
            if (!running().session.established()) {
                running().parts.warmLegs().hold();
                running().ahead.hold();
                running().parts.outage().began(reason);
            }
            running().ahead.lost(session.node());
            running().listing.lost(session, reason);
        }

        @Override
        public void draining(NodeSession session) {
            running().ahead.leave(session.node());
        }

        @Override
        public void failed(String reason) {
            running().parts.outage().because(reason);
            observer.failed(reason);
        }
    }
}
