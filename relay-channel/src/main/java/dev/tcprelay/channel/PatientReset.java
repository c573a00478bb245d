package dev.tcprelay.channel;

import java.time.Duration;

/**
 * A reset that comes after what was written: a reset destroys what the own kernel has not sent and what the peer's has
 * not received. So it waits, for at most 2 s, until the peer's kernel has acknowledged everything; where the system
 * cannot tell, for 100 ms after the own kernel has taken everything.
 */
final class PatientReset {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration BLIND = Duration.ofMillis(100);

    private final Leg leg;
    private final Wire wire;
    private final Runnable reset;

    /** The action may run several times. */
    PatientReset(Leg leg, Wire wire, Runnable reset) {
        this.leg = leg;
        this.wire = wire;
        this.reset = reset;
    }

    void start() {
        LegTimer.unlessClosed(leg, LIMIT, reset);
        wire.afterWrites(this::resetWhenAcknowledged);
    }

    private void resetWhenAcknowledged() {
        long left = wire.unacknowledged();
        if (left == 0) {
            reset.run();
        } else if (left < 0) {
            leg.after(BLIND, reset);
        } else {
            leg.after(POLL, this::resetWhenAcknowledged);
        }
    }
}
