package dev.tcprelay.client;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The psks of servers. What was asked for a moment ago is not asked for again, so that of many tunnels few wait for a
 * worker thread. On the client's event loop.
 */
final class RecentPsks {
    /** Nobody imports a psk and opens a tunnel within less. */
    static final Duration RECENT = Duration.ofMillis(50);

    private final OwnContext own;
    private final PskSource source;
    private final LongSupplier clock;
    private final Map<ServerId, Answer> answers = new HashMap<>();

    /** What the source has said, and when it was asked. */
    private record Answer(long asked, List<Psk> psks) {
        boolean recent(long now) {
            return now - asked < RECENT.toNanos();
        }
    }

    /** @param clock nanoseconds, as {@link System#nanoTime} */
    RecentPsks(OwnContext own, PskSource source, LongSupplier clock) {
        this.own = own;
        this.source = source;
        this.clock = clock;
    }

    /** As {@link PskSource#psks}. Completes at once, or later on this event loop. */
    Future<List<Psk>> psks(ServerId id) {
        long now = clock.getAsLong();
        Answer known = answers.get(id);
        if (known != null && known.recent(now)) {
            return Future.succeededFuture(known.psks);
        }
        return own.blocking(() -> source.psks(id)).onSuccess(psks -> {
            answers.values().removeIf(answer -> !answer.recent(now));
            answers.put(id, new Answer(now, psks));
        });
    }
}
