package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Servers that were lost with a node a moment ago. Their skeletons look for another node at once, and a node that only
 * stood still is back soon, so whoever asks for one of these waits for it (docs/protocol.md, M33). Thread-safe.
 */
final class Missing {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LongSupplier clock;
    private final Map<ServerId, Long> since = new ConcurrentHashMap<>();

    /** @param clock nanoseconds, as {@link System#nanoTime} */
    Missing(LongSupplier clock) {
        this.clock = clock;
    }

    /** What these skeletons serve is lost with their node. */
    void add(Collection<Offer> offers) {
        long now = clock.getAsLong();
        since.values().removeIf(at -> over(at, now));
        offers.forEach(offer -> since.put(offer.server(), now));
    }

    /** Whether it was lost less than {@link #PATIENCE} ago; it may be back. */
    boolean contains(ServerId server) {
        Long at = since.get(server);
        return at != null && !over(at, clock.getAsLong());
    }

    private static boolean over(long at, long now) {
        return now - at >= PATIENCE.toNanos();
    }
}
