package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.relay.NodeMessage.Need;
import dev.tcprelay.relay.NodeMessage.Ping;
import dev.tcprelay.relay.NodeMessage.Request;
import dev.tcprelay.relay.NodeMessage.Take;
import io.vertx.core.Future;
import java.time.Duration;

/** Asks other nodes for what only they can do. Futures fail when a node does not answer in time. Thread-safe. */
final class Neighbours implements Directory.Holders {
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    /** The session that is pinged has 2 s of it. */
    private static final Duration PING_DEADLINE = Duration.ofSeconds(4);

    private final NodeId self;
    private final Bus bus;

    Neighbours(NodeId self, Bus bus) {
        this.self = self;
        this.bus = bus;
    }

    /** Asks for a spare, to be carried here for whoever awaits the token; false when there is none. */
    Future<Boolean> take(NodeId holder, Offer offer, Token token) {
        return ask(holder, new Take(self, offer, token), DEADLINE);
    }

    /** Asks for a new leg of the skeleton, for whoever awaits the token here; false when it has no session there. */
    Future<Boolean> need(NodeId home, Offer offer, Token token) {
        return ask(home, new Need(self, offer, token), DEADLINE);
    }

    @Override
    public Future<Boolean> answers(Claim claim) {
        return ask(claim.node(), new Ping(self, claim.offer()), PING_DEADLINE).otherwise(true);
    }

    private Future<Boolean> ask(NodeId node, Request request, Duration deadline) {
        return bus.ask(node, NodeMessages.encode(request), deadline);
    }
}
