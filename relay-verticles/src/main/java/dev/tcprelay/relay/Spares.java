package dev.tcprelay.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The spares that wait on this node, wherever the session is that makes their id available. Thread-safe: they arrive on
 * the loops of the skeleton gateway and are taken on those of the client gateway.
 */
final class Spares {
    private final CurrentLimits limits;
    private final Map<Offer, Line> lines = new ConcurrentHashMap<>();
    private final List<Consumer<Offer>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Those of one offer, in the order in which they came. Touched inside {@code compute} only. */
    private static final class Line {
        private final Deque<Spare> waiting = new ArrayDeque<>();
        private long listedAt = System.nanoTime();
    }

    Spares(CurrentLimits limits) {
        this.limits = limits;
    }

    /** Is told of every offer whose number of spares has changed, on any thread. */
    void listen(Consumer<Offer> listener) {
        listeners.add(listener);
    }

    private void changed(Offer offer) {
        listeners.forEach(listener -> listener.accept(offer));
    }

    /** Keeps a spare; false when there are too many already, or no more are kept. */
    boolean park(Spare spare) {
        boolean[] parked = {false};
        lines.compute(spare.offer(), (offer, known) -> {
            Line line = known == null ? new Line() : known;
            parked[0] = line.waiting.size() < limits.now().sparesPerServer() && line.waiting.add(spare);
            return line;
        });
        if (parked[0]) {
            changed(spare.offer());
        }
        return parked[0] && !closed;
    }

    /** The spare of that offer that has waited longest, or null. */
    @Nullable
    Spare take(Offer offer) {
        Spare[] taken = {null};
        lines.computeIfPresent(offer, (key, line) -> {
            taken[0] = line.waiting.pollFirst();
            return line.waiting.isEmpty() ? null : line;
        });
        if (taken[0] != null) {
            changed(offer);
        }
        return taken[0];
    }

    /** Forgets a spare that has ended. */
    void forget(Spare spare) {
        boolean[] removed = {false};
        lines.computeIfPresent(spare.offer(), (offer, line) -> {
            removed[0] = line.waiting.remove(spare);
            return line.waiting.isEmpty() ? null : line;
        });
        if (removed[0]) {
            changed(spare.offer());
        }
    }

    /** Number of spares of that offer. */
    int count(Offer offer) {
        int[] count = {0};
        lines.computeIfPresent(offer, (key, line) -> {
            count[0] = line.waiting.size();
            return line;
        });
        return count[0];
    }

    /**
     * Closes the spares of offers that no node has listed for too long: a session may have been on its way from one to
     * another. To be called about every second.
     */
    void sweep(Predicate<Offer> listed) {
        long now = System.nanoTime();
        long patience = limits.now().unlistedSpareLife().toNanos();
        List<Spare> closing = new ArrayList<>();
        lines.keySet()
                .forEach(key -> lines.computeIfPresent(key, (offer, line) -> {
                    if (listed.test(offer)) {
                        line.listedAt = now;
                    } else if (now - line.listedAt >= patience) {
                        closing.addAll(line.waiting);
                    }
                    return line;
                }));
        closing.forEach(Spare::close);
    }

    /** Closes all, and keeps none from now on. */
    void close() {
        closed = true;
        all().forEach(Spare::close);
    }

    /** The users file has changed. */
    void usersChanged() {
        all().forEach(Spare::userChanged);
    }

    private List<Spare> all() {
        List<Spare> all = new ArrayList<>();
        lines.keySet()
                .forEach(key -> lines.computeIfPresent(key, (offer, line) -> {
                    all.addAll(line.waiting);
                    return line;
                }));
        return all;
    }
}
