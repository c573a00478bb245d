package dev.tcprelay.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened on a node since its start. What strangers cause is counted here, not logged. Thread-safe. A counter
 * that is made here is also in the status and the metrics, by its name.
 */
final class Counters {
    private final List<Counter> all = new ArrayList<>();

    final LongAdder strangers = counted("strangers", "Connections that ended before they authenticated");
    final LongAdder shed = counted("shed", "Connections closed because there were too many of them or of logins");
    final LongAdder headersRefused =
            counted("headersRefused", "Connections of load balancers without a good header of the PROXY protocol");
    final LongAdder logins = counted("logins", "Sessions that were established");
    final LongAdder loginsRefused = counted("loginsRefused", "Logins whose key or user is not known");
    final LongAdder attaches = counted("attaches", "Legs that attached");
    final LongAdder attachesRefused = counted("attachesRefused", "Legs whose ticket was not good");
    final LongAdder registrationsRefused =
            counted("registrationsRefused", "REGISTERs that were answered by anything but available");
    final LongAdder opensRefused = counted("opensRefused", "Tunnels that the user may not have");
    final LongAdder violations = counted("violations", "Legs closed because they broke the protocol");
    final LongAdder usersRefused = counted("usersRefused", "Changes of the users file that could not be taken");
    final LongAdder tunnels = counted("tunnels", "Tunnels that were joined");
    final LongAdder tunnelsUnavailable = counted("tunnelsUnavailable", "Tunnels that were asked for in vain");
    final LongAdder tunnelsUnused = counted("tunnelsUnused", "Tunnels that were opened ahead of need and not used");
    final LongAdder tunnelsCarried =
            counted("tunnelsCarried", "Legs of skeletons that were carried to a client on another node");
    final LongAdder strangeMessages =
            counted("strangeMessages", "Messages on the cluster's bus that were not understood or of no member");
    final LongAdder deltas = counted("deltas", "Changes of the directory that other nodes told");
    final LongAdder digests = counted("digests", "Digests of the directory that other nodes told");
    final LongAdder repairs = counted("repairs", "Times that another node lacked something of what this one had told");
    final LongAdder pages = counted("pages", "Parts of a directory that this node lacked, and got from others");
    /** From clients to skeletons. */
    final LongAdder bytesUp = counted("bytesUp", "Bytes from clients to skeletons, of tunnels that have ended");
    /** From skeletons to clients. */
    final LongAdder bytesDown = counted("bytesDown", "Bytes from skeletons to clients, of tunnels that have ended");

    /**
     * One of them.
     *
     * @param help for people who read metrics
     */
    record Counter(String name, String help, LongAdder count) {}

    private LongAdder counted(String name, String help) {
        var count = new LongAdder();
        all.add(new Counter(name, help, count));
        return count;
    }

    List<Counter> all() {
        return List.copyOf(all);
    }
}
