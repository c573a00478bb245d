package dev.tcprelay.relay;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The clients' legs that carry no tunnel yet: they end with their user (docs/protocol.md, M24). Thread-safe. */
final class WarmLegs {
    private final Set<ClientLeg> legs = ConcurrentHashMap.newKeySet();

    void add(ClientLeg leg) {
        legs.add(leg);
    }

    void remove(ClientLeg leg) {
        legs.remove(leg);
    }

    /** The users file has changed. */
    void usersChanged() {
        legs.forEach(ClientLeg::userChanged);
    }

    int size() {
        return legs.size();
    }
}
