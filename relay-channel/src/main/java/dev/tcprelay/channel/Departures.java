package dev.tcprelay.channel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves the nodes that are to be left, each when a session that stays has been good for what it was good for since the
 * last look (docs/protocol.md, M25). On the context.
 */
final class Departures {
    private final NodeSessions sessions;
    private Set<NodeSession> ready = Set.of();
    private boolean looking;

    Departures(NodeSessions sessions) {
        this.sessions = sessions;
    }

    /** There may be something to be left. */
    void look() {
        if (!looking && leaving().iterator().hasNext()) {
            looking = true;
            long unused = sessions.vertx().setTimer(sessions.times().settle().toMillis(), id -> {
                looking = false;
                decide();
                look();
            });
        }
    }

    private List<NodeSession> leaving() {
        return sessions.live().stream().filter(NodeSession::leaving).toList();
    }

    private void decide() {
        boolean replaced = sessions.complete() && sessions.standing().stream().anyMatch(sessions::stands);
        Set<NodeSession> before = ready;
        ready = replaced ? new HashSet<>(leaving()) : Set.of();
        ready.stream().filter(before::contains).forEach(sessions::leave);
    }
}
