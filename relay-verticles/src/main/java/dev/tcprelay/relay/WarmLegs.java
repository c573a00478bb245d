package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The clients' legs that carry no tunnel yet: they end with their user (docs/protocol.md, M24). Thread-safe. */
final class WarmLegs {
    private final Map<Leg, ClientLeg> legs = new ConcurrentHashMap<>();

    /** Until it is removed, or closed. What a tunnel's leg remembers of its beginning is not more than this. */
    void add(Leg leg, ClientLeg warm) {
        legs.put(leg, warm);
        leg.closed().onComplete(done -> remove(leg));
    }

    void remove(Leg leg) {
        legs.remove(leg);
    }

    /** The users file has changed. */
    void usersChanged() {
        legs.values().forEach(ClientLeg::userChanged);
    }

    int size() {
        return legs.size();
    }
}
