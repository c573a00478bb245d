package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.wire.TunnelId;
import io.vertx.core.Future;

/**
 * A skeleton's leg that may be joined with a client's on this node: a spare that is here, or a link by which another
 * node carries one here. May be used on any thread.
 */
interface Candidate {
    /** Makes it part of a tunnel. Completes on the leg's loop, the leg without a receiver; fails when it is gone. */
    Future<Leg> start(TunnelId tunnel, boolean ahead);

    /** Nobody needs it (any more). */
    void decline();
}
