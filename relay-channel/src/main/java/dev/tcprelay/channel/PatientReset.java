package dev.tcprelay.channel;

import java.time.Duration;

/**
 * A reset that comes after what was written: a reset destroys what the own kernel has not sent and what the peer's has
 * not received. So it waits until the peer's kernel has acknowledged everything, as long as that gets on: at most 2 s
 * without an acknowledgement. Where the system cannot tell, it waits for 100 ms after the own kernel has taken
 * everything, and at most 2 s for that.
 */
final class PatientReset {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration BLIND = Duration.ofMillis(100);

    private final Leg leg;
    private final Wire wire;
    private final Runnable reset;
    private long last = -1;
    private long lastSince = System.nanoTime();

    /** The action may run several times. */
    PatientReset(Leg leg, Wire wire, Runnable reset) {
        this.leg = leg;
        this.wire = wire;
        this.reset = reset;
    }

    void start() {
        if (Tuning.unacknowledged(wire) < 0) {
            LegTimer.unlessClosed(leg, LIMIT, reset);
            wire.afterWrites(() -> leg.after(BLIND, reset));
        } else {
            wire.flush();
            resetWhenAcknowledged();
        }
    }

    private void resetWhenAcknowledged() {
        long now = System.nanoTime();
        long acknowledged = Tuning.acknowledged(wire);
        if (acknowledged != last) {
            last = acknowledged;
            lastSince = now;
        }
        boolean all = wire.queued() == 0 && Tuning.unacknowledged(wire) <= 0;
        if (all || now - lastSince >= LIMIT.toNanos()) {
            reset.run();
        } else {
            leg.after(POLL, this::resetWhenAcknowledged);
        }
    }
}
