package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * A link that another node has dialled, until it carries a tunnel (docs/protocol.md, section 13): warm until CARRY,
 * then a candidate for the opening that awaits its token. On the leg's loop, except where it says otherwise.
 */
final class PeerLeg implements Candidate {
    /** As long as every CARRY and every OPENED. */
    private static final LegMessage ANY_CARRY = new LegMessage.Carry(new Token(new byte[16]), new ServerId("any"));

    private static final LegMessage ANY_OPENED = new LegMessage.Opened(new TunnelId(new byte[8]));
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Node node;
    private final NodeId dialler;
    private final Leg leg;
    private final LegRecords records;

    PeerLeg(Node node, NodeId dialler, Leg leg, LegRecords records) {
        this.node = node;
        this.dialler = dialler;
        this.leg = leg;
        this.records = records;
    }

    void begin() {
        node.peering().links().arrived(dialler, leg);
        records.send(new LegMessage.Ok(node.id()));
        leg.flush();
        OneFrame unused = records.awaitLike(ANY_CARRY, this::carried, this::ended);
    }

    private void carried(LegMessage message) {
        node.peering().links().waitsNoMore(dialler, leg);
        if (message instanceof LegMessage.Carry carry
                && !node.tunnels().answered(carry.token(), carry.server(), this)) {
            decline();
        }
    }

    private void ended(Exception cause) {
        if (cause instanceof ProtocolException || cause instanceof AuthenticationException) {
            node.counters().violations.increment();
        }
        leg.closeGently();
    }

    @Override
    public Future<Leg> start(TunnelId tunnel, boolean ahead) {
        Promise<Leg> started = Promise.promise();
        node.peering().links().uses(dialler, leg);
        leg.run(() -> {
            records.send(new LegMessage.Start(ahead, tunnel));
            leg.flush();
            OneFrame phase = records.awaitLike(ANY_OPENED, opened -> started.tryComplete(leg), cause -> {
                leg.abort();
                started.tryFail(cause);
            });
            Cancellable deadline = leg.after(DEADLINE, () -> phase.fail(new TimeoutException("no answer for 2 s")));
            started.future().onComplete(done -> deadline.cancel());
        });
        return started.future();
    }

    @Override
    public void decline() {
        leg.run(() -> {
            records.send(new LegMessage.Unavailable());
            leg.flush();
            leg.closeGently();
        });
    }
}
