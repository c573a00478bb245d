package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.TunnelId;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's leg until it carries a tunnel (docs/protocol.md, section 7): warm, then waiting for the server that OPEN
 * named. On the leg's loop, except {@link #userChanged}, {@link #dismiss} and {@link #close}.
 */
final class ClientLeg {
    /** As long as every OPEN. */
    private static final LegMessage ANY_OPEN = new LegMessage.Open(new ServerId("any"), false);

    private final Node node;
    private final Leg leg;
    private final LegRecords records;
    private final User user;
    private final Session.Key session;
    private Cancellable warmth = () -> {};
    private @Nullable Opening opening;
    private boolean joined;

    ClientLeg(Node node, Leg leg, LegRecords records, User user, Instance instance) {
        this.node = node;
        this.leg = leg;
        this.records = records;
        this.user = user;
        this.session = new Session.Key(Role.CLIENT, user.name(), instance);
    }

    void begin() {
        node.warmLegs().add(leg, this);
        records.send(new LegMessage.Ok(node.id()));
        leg.flush();
        warmth = leg.after(node.warmLegs().life(), leg::closeGently);
        OneFrame unused = records.awaitLike(ANY_OPEN, this::asked, this::ended);
        userChanged(); // what changed after the ticket was checked and before add() was told to nobody
    }

    private void ended(Exception cause) {
        warmth.cancel();
        if (cause instanceof ProtocolException || cause instanceof AuthenticationException) {
            node.counters().violations.increment();
        }
        leg.closeGently();
    }

    private void asked(LegMessage message) {
        warmth.cancel();
        node.warmLegs().asked(this);
        if (message instanceof LegMessage.Open open) {
            var asked = new Opening(node, this, open);
            opening = asked;
            leg.receiver(new Waiting(asked));
            leg.loop().execute(asked::begin); // after what came with OPEN, which is not allowed (M32)
        }
    }

    /**
     * The users file has changed: a leg of somebody who may not log in any more is closed. May be called on any thread.
     */
    void userChanged() {
        leg.run(() -> {
            if (!joined && !known()) {
                if (opening != null) {
                    opening.cancel();
                }
                leg.closeGently();
            }
        });
    }

    /** Too many others wait: this one has waited longest. May be called on any thread. */
    void dismiss() {
        leg.run(() -> {
            if (opening == null) {
                node.counters().shed.increment();
                close();
            }
        });
    }

    /** Ends it if it has not asked for a server. May be called on any thread. */
    void close() {
        leg.run(() -> {
            if (opening == null) {
                warmth.cancel();
                leg.closeGently();
            }
        });
    }

    /** Whether the user is still there with the key that the leg's session had. */
    boolean known() {
        return node.accounts()
                .active(user.name())
                .filter(now -> now.key().publicKey().equals(user.key().publicKey()))
                .isPresent();
    }

    UserName user() {
        return user.name();
    }

    /** By whose ticket the leg has attached. */
    Session.Key session() {
        return session;
    }

    Leg leg() {
        return leg;
    }

    /**
     * Queues what tells the client that its leg is raw from here on. What it sends then waits for the next receiver.
     */
    void opened(TunnelId tunnel) {
        joined = true;
        node.warmLegs().remove(leg);
        leg.receiver(null);
        records.send(new LegMessage.Opened(tunnel));
    }

    /** The same bytes for an unknown, an offline and a forbidden id (M31). */
    void unavailable() {
        records.send(new LegMessage.Unavailable());
        leg.flush();
        leg.closeGently();
    }

    /** Between OPEN and OPENED the client sends nothing (M32); if it leaves, the opening is over. */
    private final class Waiting implements Duplex.Receiver {
        private final Opening opening;

        Waiting(Opening opening) {
            this.opening = opening;
        }

        @Override
        public void received(ByteBuf bytes) {
            bytes.release();
            node.counters().violations.increment();
            opening.cancel();
            leg.abort();
        }

        @Override
        public void ended() {
            opening.cancel();
            leg.closeGently();
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            opening.cancel();
        }
    }
}
