package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OpenLegs;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The control sessions of a node. Thread-safe. */
final class Sessions {
    /** How long a stopping node waits for its peers to take BYE. */
    private static final long FAREWELL_MILLIS = 1000;

    private final Map<Session.Key, Session> byKey = new ConcurrentHashMap<>();
    private final OpenLegs legs = new OpenLegs();

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

    /** Says goodbye to all; succeeds when they have closed too, or after a second. */
    Future<Void> closeAll() {
        ControlMessage bye = new Bye();
        byKey.values().forEach(session -> session.end(bye, "this node stops"));
        return legs.closeAllGently()
                .timeout(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    /** A connection that is closed with the sessions. */
    void track(Leg leg) {
        Leg unused = legs.add(leg);
    }

    int size() {
        return byKey.size();
    }
}
