package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Mode;

/**
 * One skeleton session's wish to serve a server id on this node, from REGISTER until it ends. Compared by identity: a
 * newer one of the same offer is another one.
 */
final class Registration {
    private final Offer offer;
    private final Skeleton session;
    private final Mode mode;

    Registration(Offer offer, Skeleton session, Mode mode) {
        this.offer = offer;
        this.session = session;
        this.mode = mode;
    }

    Offer offer() {
        return offer;
    }

    Skeleton session() {
        return session;
    }

    Mode mode() {
        return mode;
    }
}
