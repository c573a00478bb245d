package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The control sessions of a node. Thread-safe. */
final class Sessions {
    private final Map<Session.Key, Session> byKey = new ConcurrentHashMap<>();

    /** Adds a session; an older one of the same account and instance ends at once, without being waited for (M21). */
    void add(Session session) {
        Session older = byKey.put(session.key(), session);
        if (older != null) {
            older.end(
                    new Fault(Fault.REPLACED, "a newer session of the same process took over"),
                    "replaced by a newer one");
        }
    }

    void remove(Session session) {
        byKey.remove(session.key(), session);
    }

    /** The users file has changed. */
    void usersChanged() {
        byKey.values().forEach(Session::usersChanged);
    }

    /** Says goodbye to all. */
    void closeAll() {
        ControlMessage bye = new Bye();
        byKey.values().forEach(session -> session.end(bye, "this node stops"));
    }

    int size() {
        return byKey.size();
    }
}
