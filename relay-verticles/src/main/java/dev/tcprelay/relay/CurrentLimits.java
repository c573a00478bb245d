package dev.tcprelay.relay;

/** The limits that hold now: they change with the config while the node runs. Thread-safe. */
final class CurrentLimits {
    private volatile Limits now;

    CurrentLimits(Limits first) {
        this.now = first;
    }

    Limits now() {
        return now;
    }

    /** Holds for what comes from here on; what is there already stays. */
    void replace(Limits changed) {
        now = changed;
    }
}
