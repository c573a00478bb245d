package dev.tcprelay.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections that have not authenticated yet, of both ports: bounded in all and for each source, so that nobody
 * who cannot log in can keep others from it (docs/protocol.md, section 11). Thread-safe.
 */
final class Admission {
    private final CurrentLimits limits;
    private final Set<Arrival> waiting = new LinkedHashSet<>();
    private final Map<String, Integer> bySource = new HashMap<>();

    Admission(CurrentLimits limits) {
        this.limits = limits;
    }

    /**
     * Lets a new connection in, at the price of the one that has waited longest; false when its source has too many.
     */
    boolean enter(Arrival arrival) {
        Limits now = limits.now();
        List<Arrival> oldest = new ArrayList<>();
        synchronized (this) {
            if (bySource.getOrDefault(arrival.source().network(), 0) >= now.unauthenticatedPerSource()) {
                return false;
            }
            while (waiting.size() >= now.unauthenticated()) {
                Arrival first = waiting.iterator().next();
                forget(first);
                oldest.add(first);
            }
            waiting.add(arrival);
            bySource.merge(arrival.source().network(), 1, Integer::sum);
        }
        oldest.forEach(Arrival::evict);
        return true;
    }

    /** The connection has authenticated or ended. */
    synchronized void leave(Arrival arrival) {
        forget(arrival);
    }

    private void forget(Arrival arrival) {
        if (waiting.remove(arrival)) {
            bySource.computeIfPresent(arrival.source().network(), (source, count) -> count == 1 ? null : count - 1);
        }
    }

    synchronized int size() {
        return waiting.size();
    }
}
