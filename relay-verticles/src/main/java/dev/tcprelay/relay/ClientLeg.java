package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.TunnelId;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's leg until it carries a tunnel (docs/protocol.md, section 7): warm, then waiting for the server that OPEN
 * named. On the leg's loop.
 */
final class ClientLeg {
    private final Node node;
    private final Leg leg;
    private final LegRecords records;
    private final UserName user;
    private Cancellable warmth = () -> {};

    ClientLeg(Node node, Leg leg, LegRecords records, UserName user) {
        this.node = node;
        this.leg = leg;
        this.records = records;
        this.user = user;
    }

    void begin() {
        records.send(new LegMessage.Ok(node.id()));
        leg.flush();
        warmth = leg.after(node.limits().warmLife(), leg::closeGently);
        records.await(this::asked, e -> {
            warmth.cancel();
            leg.closeGently();
        });
    }

    private void asked(LegMessage message) {
        warmth.cancel();
        if (message instanceof LegMessage.Open open) {
            var opening = new Opening(node, this, open);
            leg.receiver(new Waiting(opening));
            opening.begin();
        }
    }

    UserName user() {
        return user;
    }

    Leg leg() {
        return leg;
    }

    /** Tells the client that its leg is raw from here on. */
    void opened(TunnelId tunnel) {
        records.send(new LegMessage.Opened(tunnel));
        leg.flush();
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
