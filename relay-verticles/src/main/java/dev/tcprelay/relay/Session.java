package dev.tcprelay.relay;

import dev.tcprelay.channel.ControlConnection;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SessionId;
import dev.tcprelay.protocol.wire.TicketClaims;
import dev.tcprelay.protocol.wire.TicketSecret;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A logged-in control connection on the relay's side (docs/protocol.md, section 5): what clients' and skeletons'
 * sessions have in common. Its state is touched on the connection's loop only.
 */
abstract class Session implements ControlConnection.Owner {
    final Node node;
    final ControlConnection connection;
    private final Identity identity;
    private long generation;
    private volatile @Nullable Session successor;
    private boolean ended;
    private @Nullable ScheduledFuture<?> renewal;

    /** Who has logged in: a session replaces an older one of the same role, user and instance, and no other (M21). */
    record Identity(SessionId session, Role role, User user, Instance instance) {
        Key key() {
            return new Key(role, user.name(), instance);
        }
    }

    /** By what {@link Sessions} knows a session. */
    record Key(Role role, UserName user, Instance instance) {}

    Session(Node node, ControlConnection connection, Identity identity) {
        this.node = node;
        this.connection = connection;
        this.identity = identity;
        this.generation = identity.user().generation();
    }

    /** Replaces an older session, then tells the peer what it should know. */
    final void begin() {
        boolean room = node.sessions().add(this);
        connection.start(this);
        if (!room) {
            node.counters().shed.increment();
            end(new Fault(Fault.LIMIT, "the account has as many sessions as it may have"), "it had too many sessions");
            return;
        }
        int nodes = 1 + node.peering().members().others().size();
        connection.send(
                new Welcome(node.id(), node.ports().clients(), node.ports().skeletons(), nodes, node.nextKey()));
        sendTicket();
        usersChanged(); // what changed after the check at login and before add() was told to nobody
        GoAway farewell = node.sessions().farewell();
        if (farewell != null) {
            goAway(farewell);
        }
    }

    final Key key() {
        return identity.key();
    }

    public final UserName user() {
        return identity.user().name();
    }

    public final Instance instance() {
        return identity.instance();
    }

    /** A fresh ticket, and another at half of its life (M23). */
    private void sendTicket() {
        if (ended) {
            return;
        }
        Duration life = node.limits().ticketLife();
        var secret = TicketSecret.random(node.random());
        long now = Node.now();
        var claims = new TicketClaims(identity.role(), user(), secret, now + life.toSeconds(), generation, instance());
        connection.send(
                new Ticket(node.tickets().seal(claims, now, node.random()), secret, Math.toIntExact(life.toSeconds())));
        if (renewal != null) {
            renewal.cancel(false);
        }
        renewal = connection.loop().schedule(this::sendTicket, life.toMillis() / 2, TimeUnit.MILLISECONDS);
    }

    /** The users file has changed (M24). May be called on any thread. */
    final void usersChanged() {
        connection.loop().execute(() -> {
            var now = node.accounts().active(user());
            if (now.isEmpty()
                    || !now.get().key().publicKey().equals(identity.user().key().publicKey())) {
                end(new Fault(Fault.REVOKED, "the account was removed, disabled or given another key"), "revoked");
            } else if (now.get().generation() != generation) {
                generation = now.get().generation();
                sendTicket();
                grantsChanged();
            }
        });
    }

    /** The user's grants may be others than before. */
    abstract void grantsChanged();

    /** Asks the peer to go to another node. May be called on any thread. */
    final void goAway(GoAway reason) {
        connection.send(reason);
    }

    /** Ends the session, since a newer one of the same account and instance is there. May be called on any thread. */
    final void replacedBy(Session newer) {
        successor = newer;
        end(new Fault(Fault.REPLACED, "a newer session of the same process took over"), "replaced by a newer one");
    }

    /** The session that has replaced this one; null: none. */
    final @Nullable Session successor() {
        return successor;
    }

    /** Ends the session by a last message. May be called on any thread. */
    final void end(ControlMessage last, String reason) {
        connection.close(last, reason);
    }

    @Override
    public final void lost(String reason) {
        ended = true;
        if (renewal != null) {
            renewal.cancel(false);
        }
        node.sessions().remove(this);
        node.events().write(Event.LOGOUT, user(), reason, identity.session());
        closed();
    }

    /** The session is over; what it held is to be given back. */
    abstract void closed();
}
