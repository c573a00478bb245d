package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Mode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One skeleton session's claim to one server id, with the spares that wait for a client there. Thread-safe: spares
 * arrive on the loops of the skeleton gateway and are taken on those of the client gateway.
 */
final class Registration {
    private final ServerId id;
    private final Skeleton session;
    private final Mode mode;
    private final AtomicInteger tunnels = new AtomicInteger();
    private final Deque<Spare> spares = new ArrayDeque<>();
    private boolean closed;

    Registration(ServerId id, Skeleton session, Mode mode) {
        this.id = id;
        this.session = session;
        this.mode = mode;
    }

    ServerId id() {
        return id;
    }

    Skeleton session() {
        return session;
    }

    Mode mode() {
        return mode;
    }

    boolean sameAccount(Registration other) {
        return session.user().equals(other.session.user());
    }

    boolean sameInstance(Registration other) {
        return session.instance().equals(other.session.instance());
    }

    /** Keeps a spare; false when there are {@code limit} already or the claim has been taken back. */
    synchronized boolean park(Spare spare, int limit) {
        if (closed || spares.size() >= limit) {
            return false;
        }
        spares.addLast(spare);
        return true;
    }

    /** The spare that has waited longest, or null. */
    synchronized @Nullable Spare take() {
        return spares.pollFirst();
    }

    /** Forgets a spare whose connection has ended; false if it had been taken. */
    synchronized boolean forget(Spare spare) {
        return spares.remove(spare);
    }

    synchronized int spares() {
        return spares.size();
    }

    /** Closes the waiting spares and refuses later ones. */
    void close() {
        List<Spare> waiting;
        synchronized (this) {
            closed = true;
            waiting = new ArrayList<>(spares);
            spares.clear();
        }
        waiting.forEach(Spare::close);
    }

    int tunnels() {
        return tunnels.get();
    }

    void tunnelOpened() {
        tunnels.incrementAndGet();
    }

    void tunnelEnded() {
        tunnels.decrementAndGet();
    }
}
