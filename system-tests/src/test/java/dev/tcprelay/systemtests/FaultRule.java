package dev.tcprelay.systemtests;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * A fault that is set on one direction of a {@link FaultProxy}: which connections it concerns, and which it has struck.
 * Thread-safe.
 */
final class FaultRule {
    static final int ALWAYS = Integer.MAX_VALUE;

    private final Fault fault;
    private final Traffic traffic;
    private final int connections;
    private final Set<FaultyConnection> spared;
    private final Set<FaultyConnection> struck = new HashSet<>();
    private boolean lifted;

    /**
     * Connections to a relay differ by what the connecting end says first (docs/protocol.md, sections 4 and 6). One on
     * which it has said nothing yet may become either.
     */
    enum Traffic {
        ANY,
        CONTROL,
        LEG
    }

    /**
     * A rule that strikes.
     *
     * @param connections how many it strikes: those that come first to where it strikes
     * @param spared those that it does not
     */
    FaultRule(Fault fault, Traffic traffic, int connections, Set<FaultyConnection> spared) {
        this.fault = fault;
        this.traffic = traffic;
        this.connections = connections;
        this.spared = Set.copyOf(spared);
    }

    Fault fault() {
        return fault;
    }

    /** Asked where the fault would strike; counts. */
    synchronized boolean strikes(FaultyConnection connection) {
        boolean wanted =
                traffic == Traffic.ANY || connection.traffic() == Traffic.ANY || traffic == connection.traffic();
        boolean strikes = wanted
                && !lifted
                && !spared.contains(connection)
                && (struck.contains(connection) || struck.size() < connections);
        if (strikes && struck.add(connection)) {
            notifyAll();
        }
        return strikes;
    }

    /** The same, but true only the first time. */
    synchronized boolean strikesFirst(FaultyConnection connection) {
        return !struck.contains(connection) && strikes(connection);
    }

    synchronized void lift() {
        lifted = true;
        notifyAll();
    }

    /** The number of connections that it has struck. */
    synchronized int struck() {
        return struck.size();
    }

    /** Waits until it has struck a connection; fails the test after these seconds. */
    void awaitStrike(long seconds) throws InterruptedException {
        awaitStrikes(1, seconds);
    }

    /** The same for several. */
    synchronized void awaitStrikes(int wanted, long seconds) throws InterruptedException {
        if (!strikesWithin(wanted, seconds)) {
            throw new AssertionError("struck " + struck.size() + " within " + seconds + " s: " + this);
        }
    }

    /** Waits until it has struck so many connections, but no longer than these seconds; whether it has. */
    synchronized boolean strikesWithin(int wanted, long seconds) throws InterruptedException {
        Deadline deadline = Deadline.inSeconds(seconds);
        while (struck.size() < wanted && !deadline.passed()) {
            wait(deadline.millis());
        }
        return struck.size() >= wanted;
    }

    /** Waits until it is lifted. */
    synchronized void awaitLift() {
        await(Long.MAX_VALUE);
    }

    /** Waits for this time, or less if it is lifted meanwhile. */
    void rest(Duration time) {
        await(System.nanoTime() + time.toNanos());
    }

    private synchronized void await(long until) {
        try {
            for (long left = until - System.nanoTime(); !lifted && left > 0; left = until - System.nanoTime()) {
                wait(1 + left / 1_000_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return fault + " on " + traffic;
    }
}
