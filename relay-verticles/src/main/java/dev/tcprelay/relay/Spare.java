package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.TicketClaims;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A skeleton's leg that waits for a client (docs/protocol.md, section 8). It holds at most 64 bytes of the skeleton:
 * message 1 of the end-to-end handshake. On the leg's loop, except where it says otherwise.
 */
final class Spare implements Candidate {
    /** M36: message 1 is 50 bytes. */
    private static final int HELD_LIMIT = 64;

    private final Node node;
    private final Leg leg;
    private final LegRecords records;
    private final User user;
    private final Offer offer;
    private final ByteBuf held = Unpooled.buffer(HELD_LIMIT, HELD_LIMIT);
    private Cancellable life = () -> {};
    private boolean over;

    private Spare(Node node, Leg leg, LegRecords records, User user, Offer offer) {
        this.node = node;
        this.leg = leg;
        this.records = records;
        this.user = user;
        this.offer = offer;
    }

    /** A skeleton's leg has attached: it answers an opening that awaits it, or waits as a spare (M37, M39). */
    static void arrived(Node node, Leg leg, LegRecords records, User user, TicketClaims claims, Attach attach) {
        // Flushed last: a skeleton that hears OK has its place in the line, and START can only come after OK.
        records.send(new LegMessage.Ok(node.id()));
        ServerId server = attach.server();
        if (server != null && node.accounts().may(user.name(), Verb.SERVE, server)) {
            var offer = new Offer(server, user.name(), claims.instance());
            new Spare(node, leg, records, user, offer).begin(attach.meeting(), attach.token());
            leg.flush();
        } else {
            leg.flush();
            leg.closeGently();
        }
    }

    private void begin(@Nullable NodeId meeting, @Nullable Token token) {
        leg.receiver(new Parked());
        life = leg.after(node.limits().spareLife(), this::end);
        if (meeting == null || token == null) {
            decline();
        } else if (!meeting.equals(node.id())) {
            Carrying.carry(node, this, token, meeting).onComplete(carried -> {});
        } else if (!node.tunnels().answered(token, offer.server(), this)) {
            decline();
        }
        userChanged(); // what changed after the ticket was checked was told to nobody
    }

    /** Waits for a client, if there is a place and the connection still stands. May be called on any thread. */
    @Override
    public void decline() {
        leg.run(() -> {
            if (!over && !node.spares().park(this)) {
                end();
            }
        });
    }

    /** The users file has changed: a spare of somebody who may not serve its id any more is closed. For any thread. */
    void userChanged() {
        leg.run(() -> {
            boolean known = node.accounts()
                    .active(user.name())
                    .filter(now -> now.key().publicKey().equals(user.key().publicKey()))
                    .isPresent();
            if (!over && !(known && node.accounts().may(user.name(), Verb.SERVE, offer.server()))) {
                end();
            }
        });
    }

    Offer offer() {
        return offer;
    }

    /**
     * Takes the spare out of its wait and starts it; what the skeleton has sent goes to the next receiver. Fails when
     * the connection has ended. May be called on any thread; completes on the leg's loop.
     */
    @Override
    public Future<Leg> start(TunnelId tunnel, boolean ahead) {
        Promise<Leg> started = Promise.promise();
        leg.run(() -> {
            if (over) {
                started.fail("the spare is gone");
                return;
            }
            over = true;
            life.cancel();
            records.send(new LegMessage.Start(ahead, tunnel));
            leg.flush();
            leg.pause();
            leg.unread(held);
            started.complete(leg);
        });
        return started.future();
    }

    /** Closes a spare that is no longer wanted. May be called on any thread. */
    void close() {
        leg.run(this::end);
    }

    private void end() {
        if (!over) {
            over = true;
            life.cancel();
            node.spares().forget(this);
            held.release();
            leg.closeGently();
        }
    }

    /** Keeps message 1 and notices a skeleton that leaves. */
    private final class Parked implements Duplex.Receiver {
        @Override
        public void received(ByteBuf bytes) {
            try {
                if (!over && bytes.readableBytes() > held.writableBytes()) {
                    node.counters().violations.increment();
                    end();
                } else if (!over) {
                    held.writeBytes(bytes);
                }
            } finally {
                bytes.release();
            }
        }

        @Override
        public void ended() {
            end();
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            end();
        }
    }
}
