package dev.tcprelay.relay;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many failed logins each source address still has: a token bucket a source, so that guessing passwords is slow and
 * nobody is locked out by name. Thread-safe. At most {@value #SOURCES} sources are remembered; the one that failed
 * longest ago is forgotten first.
 */
final class FailedLogins {
    static final int SOURCES = 65_536;

    private final CurrentLimits limits;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>();

    /** What is left for one source, as of {@code at} (nanoseconds). */
    private record Bucket(double left, long at) {}

    FailedLogins(CurrentLimits limits) {
        this.limits = limits;
    }

    /** True when this source may try now. */
    synchronized boolean allows(Source source, long nanos) {
        Bucket bucket = buckets.get(source.network());
        return bucket == null || refilled(bucket, nanos) >= 1;
    }

    /** Takes one from the source's bucket. */
    synchronized void failed(Source source, long nanos) {
        Bucket bucket = buckets.remove(source.network());
        double left = bucket == null ? limits.now().failedLogins() : refilled(bucket, nanos);
        buckets.put(source.network(), new Bucket(Math.max(0, left - 1), nanos));
        if (buckets.size() > SOURCES) {
            Iterator<String> oldest = buckets.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private double refilled(Bucket bucket, long nanos) {
        Limits now = limits.now();
        return Math.min(now.failedLogins(), bucket.left + (nanos - bucket.at) / 1e9 * now.failedLoginsPerSecond());
    }
}
