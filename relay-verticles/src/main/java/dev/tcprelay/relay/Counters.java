package dev.tcprelay.relay;

import java.util.concurrent.atomic.LongAdder;

/** What happened on a node since its start. What strangers cause is counted here, not logged. Thread-safe. */
final class Counters {
    /** Connections that ended, by their side or ours, before they authenticated. */
    final LongAdder strangers = new LongAdder();
    /** Connections closed because there were too many of them, or too many logins at once. */
    final LongAdder shed = new LongAdder();

    final LongAdder logins = new LongAdder();
    final LongAdder loginsRefused = new LongAdder();
    /** REGISTERs that were answered by anything but available. */
    final LongAdder registrationsRefused = new LongAdder();

    final LongAdder attaches = new LongAdder();
    final LongAdder attachesRefused = new LongAdder();
    final LongAdder tunnels = new LongAdder();
    final LongAdder tunnelsUnavailable = new LongAdder();
    /** Users files that could not be taken since the start; the table stayed as it was. */
    final LongAdder usersRefused = new LongAdder();

    /** Legs closed because they broke the protocol. */
    final LongAdder violations = new LongAdder();
}
