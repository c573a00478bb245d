package dev.tcprelay.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Gives a node that has joined its part of the sessions (docs/protocol.md, M74): for five minutes after that each node
 * that has clearly more than the average sends the surplus away, chosen at random, a fiftieth of its sessions a second.
 * A session that comes back to the same node is left alone for ten minutes. Legs and tunnels stay where they are. Used
 * on one context.
 */
final class Rebalance {
    /** How often {@link #tick} is to be called. */
    static final Duration TICK = Duration.ofSeconds(1);

    private static final long WINDOW_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long REST_NANOS = Duration.ofMinutes(10).toNanos();
    /** How long a session that was asked may take; then it is taken to stay. */
    private static final long LEAVING_NANOS = Duration.ofSeconds(10).toNanos();

    private static final int LEAST_SURPLUS = 2;
    private static final int SURPLUS_SHARE = 10;
    private static final int SHARE_EACH_TICK = 50;

    private final Fleet fleet;
    private final Set<Session.Key> sessions;
    private final Consumer<Session.Key> ask;
    private final LongSupplier clock;
    private final Map<Session.Key, Long> asked = new HashMap<>();
    private long until;
    private State state = State.RESTING;

    /** Whether anything is to be done. */
    private enum State {
        RESTING,
        /** A node has joined: it is looked whether there is a surplus. */
        WATCHING,
        /** There was one; it goes on until there is none. */
        MOVING
    }

    /**
     * @param sessions those that are here now
     * @param ask sends one away
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Rebalance(Fleet fleet, Set<Session.Key> sessions, Consumer<Session.Key> ask, LongSupplier clock) {
        this.fleet = fleet;
        this.sessions = sessions;
        this.ask = ask;
        this.clock = clock;
    }

    /** A node has joined. */
    void joined() {
        until = clock.getAsLong() + WINDOW_NANOS;
        if (state == State.RESTING) {
            state = State.WATCHING;
        }
    }

    /** Sends some away, if there are too many; to be called every {@link #TICK}. */
    void tick() {
        long now = clock.getAsLong();
        asked.values().removeIf(at -> now - at >= REST_NANOS);
        if (state == State.RESTING) {
            return;
        } else if (now - until >= 0) {
            state = State.RESTING;
            return;
        }
        List<Session.Key> here = List.copyOf(sessions);
        int surplus = surplus(here, now);
        state = surplus > 0 ? state : State.WATCHING;
        if (state == State.MOVING) {
            choose(here, Math.min(surplus, Math.max(1, here.size() / SHARE_EACH_TICK)))
                    .forEach(session -> {
                        asked.put(session, now);
                        ask.accept(session);
                    });
        }
    }

    /** Sessions beyond the average, less those on their way; a small surplus is none unless more are being moved. */
    private int surplus(List<Session.Key> here, long now) {
        long leaving = here.stream()
                .filter(session -> asked.containsKey(session) && now - asked.get(session) < LEAVING_NANOS)
                .count();
        int average = fleet.with(here.size()).average();
        int surplus = here.size() - (int) leaving - average;
        if (surplus > LEAST_SURPLUS && surplus > average / SURPLUS_SHARE) {
            state = State.MOVING;
        }
        return surplus;
    }

    private List<Session.Key> choose(List<Session.Key> here, int count) {
        var free = new ArrayList<>(here);
        free.removeAll(asked.keySet());
        Collections.shuffle(free);
        return free.subList(0, Math.min(count, free.size()));
    }
}
