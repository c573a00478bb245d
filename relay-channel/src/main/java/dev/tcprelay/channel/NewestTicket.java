package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ticket that counts, and who waits for one (docs/protocol.md, M23). For any thread. */
final class NewestTicket {
    private final List<Promise<Ticket>> waiting = new ArrayList<>();
    private @Nullable Ticket newest;

    /** The newest ticket, or the next one if that is {@code stale}; {@code absent} is run if that must be awaited. */
    Future<Ticket> other(@Nullable Ticket stale, Runnable absent) {
        Promise<Ticket> promise = Promise.promise();
        synchronized (this) {
            Ticket now = newest;
            if (now != null && !now.equals(stale)) {
                return Future.succeededFuture(now);
            }
            waiting.add(promise);
        }
        absent.run();
        return promise.future();
    }

    /** Whoever waited for this does not any longer. */
    synchronized void giveUp(Future<Ticket> awaited) {
        waiting.removeIf(promise -> promise.future() == awaited);
    }

    void renewed(Ticket ticket) {
        List<Promise<Ticket>> all;
        synchronized (this) {
            newest = ticket;
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(promise -> promise.tryComplete(ticket));
    }
}
