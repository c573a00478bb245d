package dev.tcprelay.channel;

import dev.tcprelay.channel.Dialler.Greeted;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.NodeId;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A session with one node: one control connection, from CONFIRM until it ends. A {@link RelaySession} has one or
 * several of them. Its methods may be called on any thread; it changes on the context of the session with the relay.
 */
public final class NodeSession {
    private final ControlConnection connection;
    private final Greeted greeted;
    private final Executor context;
    private final Keeper keeper;
    private volatile @Nullable Welcome welcome;
    private volatile State state = State.CONFIRMED;
    private boolean draining;

    /** What a session is to those who have it. */
    enum State {
        /** CONFIRM is sent, WELCOME and TICKET are to come. */
        CONFIRMED,
        /** It may be used, and is to be kept. */
        STANDING,
        /** The node stops: it may be used until another one takes its place. */
        DRAINING,
        /** The node has too many: another one may take its place. */
        REBALANCING,
        /** A newer session with the same node has taken its place, or is about to. */
        REPLACED,
        /** It ended. */
        OVER
    }

    /** Whose session it is. Called on the context. */
    interface Keeper {
        /** WELCOME and the first ticket have come. */
        void established(NodeSession session, Ticket first);

        /** A newer ticket. */
        void renewed(Ticket ticket);

        /** Another node is to be looked for. */
        void goesAway(NodeSession session);

        /** A message for the role. */
        void received(NodeSession session, ControlMessage message);

        /** The connection is gone; comes once and last. */
        void lost(NodeSession session, String reason);
    }

    NodeSession(ControlConnection connection, Greeted greeted, Executor context, Keeper keeper) {
        this.connection = connection;
        this.greeted = greeted;
        this.context = context;
        this.keeper = keeper;
    }

    void start() {
        connection.loop().execute(() -> connection.start(new Incoming()));
    }

    /** What the node said first. */
    public Welcome welcome() {
        Welcome said = welcome;
        if (said == null) {
            throw new IllegalStateException("not logged in yet");
        }
        return said;
    }

    /** The node. */
    public NodeId node() {
        return welcome().node();
    }

    /** The key that the relay has proven to have. */
    PublicKey key() {
        return greeted.key();
    }

    /** Where the connection leads to. */
    InetAddress address() {
        return greeted.from();
    }

    /** Sends a message; after the end it is dropped. */
    public void send(ControlMessage message) {
        connection.send(message);
    }

    State state() {
        return state;
    }

    /** The node goes on, and nobody has taken its place: it is kept. */
    void stay() {
        if (state == State.REBALANCING) {
            state = State.STANDING;
        }
    }

    /** It is to be left, and so is what takes its place on the same node. */
    void drain() {
        draining = true;
        state = State.DRAINING;
    }

    boolean draining() {
        return draining;
    }

    /** True while the node can be talked to. */
    boolean live() {
        return state == State.STANDING || leaving();
    }

    /** True while another one is wanted in its place. */
    boolean leaving() {
        return state == State.DRAINING || state == State.REBALANCING;
    }

    /** Says goodbye, if there is still anybody; nothing more is heard of it. */
    void end(String reason) {
        state = State.OVER;
        connection.close(new Bye(), reason);
    }

    /** What comes on the connection; hops to the context. */
    private final class Incoming implements ControlConnection.Owner {
        @Override
        public void received(ControlMessage message) {
            context.execute(() -> take(message));
        }

        private void take(ControlMessage message) {
            if (state == State.OVER) {
                return;
            }
            if (message instanceof Welcome said) {
                welcome = said;
            } else if (message instanceof Ticket first && state == State.CONFIRMED && welcome != null) {
                state = State.STANDING;
                keeper.established(NodeSession.this, first);
            } else if (message instanceof Ticket newer) {
                keeper.renewed(newer);
            } else if (message instanceof GoAway goAway) {
                goAway(goAway);
            } else if (message instanceof Fault fault) {
                ended(fault);
            } else {
                keeper.received(NodeSession.this, message);
            }
        }

        private void goAway(GoAway goAway) {
            boolean stays = goAway.reason().equals(GoAway.REBALANCE);
            if (stays && state == State.STANDING) {
                state = State.REBALANCING;
                keeper.goesAway(NodeSession.this);
            } else if (!stays && live() && !draining) {
                drain();
                keeper.goesAway(NodeSession.this);
            }
        }

        private void ended(Fault fault) {
            if (live() && fault.code().equals(Fault.REPLACED)) {
                state = State.REPLACED;
            }
            connection.close(new Bye(), "the relay ended the session: " + fault.message());
        }

        @Override
        public void lost(String reason) {
            context.execute(() -> keeper.lost(NodeSession.this, reason));
        }
    }
}
