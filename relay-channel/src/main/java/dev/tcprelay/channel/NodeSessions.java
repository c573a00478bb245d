package dev.tcprelay.channel;

import dev.tcprelay.channel.NodeSession.State;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.NodeId;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that a peer has with the nodes of a relay: as many as wanted, one with each node, and a new one before
 * an old one is left (docs/protocol.md, M25 and M67). One login is under way at a time. On the context.
 */
final class NodeSessions implements NodeSession.Keeper {
    private static final Logger log = LoggerFactory.getLogger(NodeSessions.class);
    private static final Duration HELD = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Redialling times;
    private final Redial redial;
    private final Owner owner;
    private final Departures departures;
    private final List<NodeSession> sessions = new CopyOnWriteArrayList<>();
    private boolean connecting;
    private boolean stopped;
    private long nextTry = -1;

    /** What the sessions are for. */
    interface Owner extends RelaySession.Listener {
        /** Tries once to log in; these addresses are tried last. */
        void login(Set<InetAddress> avoided);

        /** A login ended before there was a session. */
        void loginEnded(String reason);

        /** A ticket; the newest one counts. */
        void ticket(Ticket ticket);

        /** The relay's address, for the log. */
        String relay();
    }

    NodeSessions(Vertx vertx, Redialling times, Redial redial, Owner owner) {
        this.vertx = vertx;
        this.times = times;
        this.redial = redial;
        this.owner = owner;
        this.departures = new Departures(this);
    }

    Vertx vertx() {
        return vertx;
    }

    Redialling times() {
        return times;
    }

    /** All that may be used. May be called on any thread. */
    List<NodeSession> live() {
        return sessions.stream().filter(NodeSession::live).toList();
    }

    /** The newest, but one that is to be left only if there is no other. May be called on any thread. */
    Optional<NodeSession> best() {
        return sessions.stream().filter(NodeSession::live).reduce((older, newer) -> newer.leaving() ? older : newer);
    }

    /** Those that are to stay. */
    List<NodeSession> standing() {
        return sessions.stream()
                .filter(session -> session.state() == State.STANDING)
                .toList();
    }

    /** True when what is there is what is wanted, or no more of it will be found soon. */
    boolean complete() {
        int standing = standing().size();
        return standing >= times.connections() || (standing > 0 && !redial.quick(false));
    }

    boolean stands(NodeSession session) {
        return owner.stands(session);
    }

    /** One more login now, if none is under way: at the start, or since a ticket was refused. */
    void login() {
        if (!connecting && !stopped) {
            cancelTry();
            connecting = true;
            redial.tried();
            owner.login(sessions.stream().map(NodeSession::address).collect(Collectors.toUnmodifiableSet()));
        }
    }

    private void cancelTry() {
        boolean unused = nextTry >= 0 && vertx.cancelTimer(nextTry);
        nextTry = -1;
    }

    private void loginAfter(Duration wait) {
        if (!stopped && !connecting) {
            cancelTry();
            nextTry = vertx.setTimer(Math.max(1, wait.toMillis()), id -> login());
        }
    }

    /** Sees to the next session, if one is wanted. */
    private void more() {
        if (wanted()) {
            loginAfter(redial.next(standing().isEmpty()));
        }
    }

    /** Whether there are too few, and more may be found. */
    private boolean wanted() {
        int standing = standing().size();
        return standing == 0 || (standing < times.connections() && !redial.alone());
    }

    /** A login came to nothing; it is to be tried again. */
    void failed(String reason, boolean refused) {
        connecting = false;
        log.debug("login at {} came to nothing: {}", owner.relay(), reason);
        withoutSuccessors();
        stay();
        boolean patient = refused || !standing().isEmpty();
        if (live().isEmpty()) {
            owner.failed(reason);
        }
        if (wanted()) {
            loginAfter(redial.afterFailure(patient));
        }
    }

    @Override
    public void established(NodeSession session, Ticket first) {
        connecting = false;
        if (stopped) {
            session.end("stopped");
            return;
        }
        owner.ticket(first);
        NodeSession before = of(session.node());
        if (before == null) {
            add(session);
        } else {
            replace(before, session);
        }
        redial.told(session.welcome().nodes());
        withoutSuccessors();
        long unused = vertx.setTimer(HELD.toMillis(), id -> {
            if (session.live()) {
                redial.held();
            }
        });
        owner.established(session, before);
        if (standing().size() > times.connections()) {
            standing().get(0).drain();
        }
        more();
        departures.look();
    }

    private @Nullable NodeSession of(NodeId node) {
        return sessions.stream()
                .filter(session -> session.node().equals(node))
                .findFirst()
                .orElse(null);
    }

    private void add(NodeSession session) {
        redial.anew();
        boolean unused = !sessions.isEmpty() && redial.othersSeen();
        sessions.add(session);
    }

    /** The node has put the new session in the place of the old one (M21). */
    private void replace(NodeSession before, NodeSession session) {
        redial.metAgain();
        if (before.draining()) {
            session.drain();
        }
        sessions.remove(before);
        sessions.add(session);
        before.end("replaced by a new connection");
        stay();
    }

    /** Whoever was asked to leave a node that goes on stays after one try that has met no other. */
    private void stay() {
        sessions.forEach(NodeSession::stay);
    }

    /** Those that were replaced by something that has not come. */
    private void withoutSuccessors() {
        sessions.stream()
                .filter(session -> session.state() == State.REPLACED)
                .forEach(session -> over(session, "another connection of this process took its place"));
    }

    /** A leg has landed there. */
    void seen(NodeId node) {
        boolean known = sessions.isEmpty() || of(node) != null;
        if (!known && redial.othersSeen() && !connecting && !standing().isEmpty() && wanted()) {
            redial.tried();
            loginAfter(redial.soon());
        }
    }

    @Override
    public void renewed(Ticket ticket) {
        owner.ticket(ticket);
    }

    @Override
    public void received(NodeSession session, ControlMessage message) {
        owner.received(session, message);
    }

    @Override
    public void goesAway(NodeSession session) {
        log.info("node {} of the relay at {} is to be left; another one is looked for", session.node(), owner.relay());
        redial.anew();
        more();
        departures.look();
        if (session.draining()) {
            owner.draining(session);
        }
    }

    @Override
    public void lost(NodeSession session, String reason) {
        if (session.state() == State.CONFIRMED) {
            owner.loginEnded(reason);
        } else if (session.state() != State.OVER && !(session.state() == State.REPLACED && connecting)) {
            over(session, reason);
        }
    }

    private void over(NodeSession session, String reason) {
        boolean expected = session.leaving() && !standing().isEmpty();
        sessions.remove(session);
        session.end(reason);
        if (expected) {
            log.debug("node {} is left: {}", session.node(), reason);
        } else {
            log.warn("lost the relay at {}: {}; {}", owner.relay(), reason, remaining(session.node()));
            redial.anew();
        }
        owner.lost(session, reason);
        if (live().isEmpty()) {
            loginAfter(redial.afterFailure(false));
        } else {
            more();
        }
    }

    private String remaining(NodeId node) {
        int left = live().size();
        return left == 0 ? "trying again" : "that was node " + node + "; " + left + " other connected";
    }

    /** Leaves a node: others have taken its place. */
    void leave(NodeSession session) {
        over(session, "others have taken its place");
    }

    /** Says goodbye to all. */
    void stop() {
        stopped = true;
        cancelTry();
        sessions.forEach(session -> session.end("stopped"));
        sessions.clear();
    }
}
