package dev.tcprelay.client;

import dev.tcprelay.client.TunnelException.Failure;
import dev.tcprelay.protocol.files.ServerId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log why applications got no tunnel and what to do: at most one line in 10 s for each server and kind of
 * failure, since applications try again and again. On one thread.
 */
final class FailureLog {
    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
    private static final long REST = Duration.ofSeconds(10).toNanos();
    private static final int REMEMBERED = 1024;

    private final LongSupplier nanos;
    private final Map<Kind, Past> past = new HashMap<>();

    FailureLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Which lines count as the same. */
    private record Kind(@Nullable ServerId id, @Nullable Failure failure) {}

    /** When the last line was written, and how many were left out since. */
    private static final class Past {
        private long at;
        private long leftOut;
    }

    /** A tunnel that could not be opened. */
    void tunnel(ServerId id, TunnelException e) {
        write(new Kind(id, e.failure()), String.valueOf(e.getMessage()));
    }

    /** A request on the proxy port that is none. */
    void request(String cause) {
        write(new Kind(null, null), "a request on the proxy port was refused: " + cause);
    }

    private void write(Kind kind, String text) {
        long now = nanos.getAsLong();
        Past last = past.get(kind);
        if (last != null && now - last.at < REST) {
            last.leftOut++;
            return;
        }
        if (last == null && past.size() >= REMEMBERED) {
            past.values().removeIf(each -> now - each.at >= REST);
            if (past.size() >= REMEMBERED) {
                return;
            }
        }
        String more = last == null || last.leftOut == 0 ? "" : " (" + last.leftOut + " more like this)";
        log.warn("{}{}", text, more);
        Past written = new Past();
        written.at = now;
        past.put(kind, written);
    }
}
