package dev.tcprelay.relay;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The connections that have not authenticated yet, of both ports: bounded in all and for each source, so that nobody
 * who cannot log in can keep others from it (docs/protocol.md, section 11). Thread-safe.
 */
final class Admission {
    private final int limit;
    private final int limitPerSource;
    private final Set<Arrival> waiting = new LinkedHashSet<>();
    private final Map<String, Integer> bySource = new HashMap<>();

    Admission(int limit, int limitPerSource) {
        this.limit = limit;
        this.limitPerSource = limitPerSource;
    }

    /**
     * Lets a new connection in, at the price of the one that has waited longest; false when its source has too many.
     */
    boolean enter(Arrival arrival) {
        Arrival oldest = null;
        synchronized (this) {
            if (bySource.getOrDefault(arrival.source(), 0) >= limitPerSource) {
                return false;
            }
            if (waiting.size() >= limit) {
                Iterator<Arrival> inOrder = waiting.iterator();
                oldest = inOrder.next();
                forget(oldest);
            }
            waiting.add(arrival);
            bySource.merge(arrival.source(), 1, Integer::sum);
        }
        if (oldest != null) {
            oldest.evict();
        }
        return true;
    }

    /** The connection has authenticated or ended. */
    synchronized void leave(Arrival arrival) {
        forget(arrival);
    }

    private void forget(Arrival arrival) {
        if (waiting.remove(arrival)) {
            bySource.computeIfPresent(arrival.source(), (source, count) -> count == 1 ? null : count - 1);
        }
    }

    synchronized int size() {
        return waiting.size();
    }
}
