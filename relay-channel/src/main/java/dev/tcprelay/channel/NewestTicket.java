package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The ticket that counts, until its life is over, and who waits for one (docs/protocol.md, M23). For any thread. */
final class NewestTicket {
    private final LongSupplier nanos;
    private final List<Promise<Ticket>> waiting = new ArrayList<>();
    private @Nullable Ticket newest;
    private long end;

    /** @param nanos as {@link System#nanoTime} */
    NewestTicket(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The newest ticket, or null when there is none that can still be used. */
    synchronized @Nullable Ticket now() {
        return newest != null && nanos.getAsLong() - end < 0 ? newest : null;
    }

    /** The newest ticket, or the next one if that is {@code stale}; {@code absent} is run if that must be awaited. */
    Future<Ticket> other(@Nullable Ticket stale, Runnable absent) {
        Promise<Ticket> promise = Promise.promise();
        synchronized (this) {
            Ticket now = now();
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
            end = nanos.getAsLong() + TimeUnit.SECONDS.toNanos(ticket.lifetime());
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(promise -> promise.tryComplete(ticket));
    }
}
