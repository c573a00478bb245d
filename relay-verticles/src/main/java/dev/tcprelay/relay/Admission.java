package dev.tcprelay.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections that have not authenticated yet, of both ports: bounded in all and for each source, so that nobody
 * who cannot log in can keep others from it (docs/protocol.md, section 11). Thread-safe.
 */
final class Admission {
    /** By which those count whose source is not known yet. */
    private static final String NOBODY = "";

    private final CurrentLimits limits;
    private final Map<Arrival, String> waiting = new LinkedHashMap<>();
    private final Map<String, Integer> bySource = new HashMap<>();

    Admission(CurrentLimits limits) {
        this.limits = limits;
    }

    /**
     * Lets a new connection in, at the price of the one that has waited longest; false when its source has too many.
     */
    boolean enter(Arrival arrival, Source source) {
        return enter(arrival, source.network());
    }

    /** The same of a load balancer's connection, which will tell its source: see {@link #identified}. */
    void enterUnidentified(Arrival arrival) {
        boolean unused = enter(arrival, NOBODY);
    }

    private boolean enter(Arrival arrival, String network) {
        Limits now = limits.now();
        List<Arrival> oldest = new ArrayList<>();
        synchronized (this) {
            if (full(network, now)) {
                return false;
            }
            while (waiting.size() >= now.unauthenticated()) {
                Arrival first = waiting.keySet().iterator().next();
                forget(first);
                oldest.add(first);
            }
            waiting.put(arrival, network);
            bySource.merge(network, 1, Integer::sum);
        }
        oldest.forEach(Arrival::evict);
        return true;
    }

    private boolean full(String network, Limits now) {
        return !network.equals(NOBODY) && bySource.getOrDefault(network, 0) >= now.unauthenticatedPerSource();
    }

    /** The load balancer has told the source of a connection; false when that has too many. */
    synchronized boolean identified(Arrival arrival, Source source) {
        String before = waiting.get(arrival);
        if (before == null) {
            return true; // closed in favour of a newer one; that is under way
        }
        if (full(source.network(), limits.now())) {
            return false;
        }
        waiting.put(arrival, source.network()); // in its place in the order
        less(before);
        bySource.merge(source.network(), 1, Integer::sum);
        return true;
    }

    /** The connection has authenticated or ended. */
    synchronized void leave(Arrival arrival) {
        forget(arrival);
    }

    private void forget(Arrival arrival) {
        String network = waiting.remove(arrival);
        if (network != null) {
            less(network);
        }
    }

    private void less(String network) {
        bySource.computeIfPresent(network, (source, count) -> count == 1 ? null : count - 1);
    }

    synchronized int size() {
        return waiting.size();
    }
}
