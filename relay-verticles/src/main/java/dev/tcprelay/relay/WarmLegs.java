package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.UserName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The clients' legs that carry no tunnel yet: they end with their user (docs/protocol.md, M24). Those that have not
 * asked for a server are bounded for each session and each user: beyond that the one that has waited longest is closed
 * (section 11). Thread-safe.
 */
final class WarmLegs {
    /** Of a leg that was under way when no more were wanted: it may have its OPEN with it. */
    private static final Duration LATE_LIFE = Duration.ofSeconds(1);

    private final CurrentLimits limits;
    private final Map<Leg, ClientLeg> legs = new ConcurrentHashMap<>();
    private final Crowds<Session.Key, ClientLeg> bySession = new Crowds<>();
    private final Crowds<UserName, ClientLeg> byUser = new Crowds<>();
    private volatile boolean closed;

    WarmLegs(CurrentLimits limits) {
        this.limits = limits;
    }

    /** Until it is removed, or closed. What a tunnel's leg remembers of its beginning is not more than this. */
    void add(Leg leg, ClientLeg warm) {
        legs.put(leg, warm);
        Limits now = limits.now();
        List<ClientLeg> beyond = new ArrayList<>();
        synchronized (this) {
            beyond(bySession.add(warm.session(), warm, now.warmLegsPerSession()), beyond);
            beyond(byUser.add(warm.user(), warm, now.warmLegsPerUser()), beyond);
        }
        beyond.forEach(ClientLeg::dismiss);
        leg.closed().onComplete(done -> remove(leg));
    }

    private void beyond(@Nullable ClientLeg oldest, List<ClientLeg> beyond) {
        if (oldest != null) {
            asked(oldest);
            beyond.add(oldest);
        }
    }

    /** The leg has asked for a server: it waits no longer. */
    synchronized void asked(ClientLeg warm) {
        bySession.remove(warm.session(), warm);
        byUser.remove(warm.user(), warm);
    }

    /** The leg carries a tunnel, or is closed. */
    void remove(Leg leg) {
        ClientLeg warm = legs.remove(leg);
        if (warm != null) {
            asked(warm);
        }
    }

    /** Closes those that have not asked for a server; what comes from now on has to ask at once. */
    void close() {
        closed = true;
        legs.values().forEach(ClientLeg::close);
    }

    /** How long a leg may wait for OPEN. */
    Duration life() {
        return closed ? LATE_LIFE : limits.now().warmLife();
    }

    /** The users file has changed. */
    void usersChanged() {
        legs.values().forEach(ClientLeg::userChanged);
    }

    int size() {
        return legs.size();
    }

    /** The user's legs that have not asked for a server. */
    synchronized int of(UserName user) {
        return byUser.size(user);
    }
}
