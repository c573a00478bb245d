package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OpenLegs;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The control sessions of a node. Thread-safe. */
final class Sessions {
    /** How long a stopping node waits for its peers to take BYE. */
    private static final long FAREWELL_MILLIS = 1000;

    private final CurrentLimits limits;
    private final Map<Session.Key, Session> byKey = new ConcurrentHashMap<>();
    private final Map<UserName, Integer> byUser = new HashMap<>();
    private final OpenLegs legs = new OpenLegs();
    private volatile @Nullable GoAway farewell;

    Sessions(CurrentLimits limits) {
        this.limits = limits;
    }

    /**
     * Adds a session; an older one of the same account and instance ends at once, without being waited for (M21). False
     * when the user has as many others as allowed.
     */
    boolean add(Session session) {
        Session older;
        synchronized (byUser) {
            older = byKey.get(session.key());
            int count = of(session.user());
            if (older == null && count >= limits.now().sessionsPerUser()) {
                return false;
            }
            byKey.put(session.key(), session);
            byUser.put(session.user(), older == null ? count + 1 : count);
        }
        if (older != null) {
            older.replacedBy(session);
        }
        return true;
    }

    void remove(Session session) {
        synchronized (byUser) {
            if (byKey.remove(session.key(), session)) {
                byUser.computeIfPresent(session.user(), (user, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** Sessions that a user has. */
    int of(UserName user) {
        synchronized (byUser) {
            return byUser.getOrDefault(user, 0);
        }
    }

    /** The users file has changed. */
    void usersChanged() {
        byKey.values().forEach(Session::usersChanged);
    }

    /** Asks all sessions, and all that come from now on, to go to another node. */
    void sendAway(GoAway reason) {
        farewell = reason;
        byKey.values().forEach(session -> session.goAway(reason));
    }

    /** What a session is told at once; null while they may stay. */
    @Nullable
    GoAway farewell() {
        return farewell;
    }

    /** Asks one session, if it is there, to go to another node. */
    void sendAway(Session.Key key, GoAway reason) {
        Session session = byKey.get(key);
        if (session != null) {
            session.goAway(reason);
        }
    }

    /** Whose sessions these are, a view. */
    Set<Session.Key> keys() {
        return Collections.unmodifiableSet(byKey.keySet());
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

    int count(Role role) {
        return (int) byKey.keySet().stream().filter(key -> key.role() == role).count();
    }
}
