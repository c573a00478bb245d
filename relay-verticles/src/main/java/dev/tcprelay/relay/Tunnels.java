package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.channel.SpliceEnd;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The tunnels of a node: those that are being opened, and how many are open, in all and for each user. Thread-safe. */
final class Tunnels {
    private final CurrentLimits limits;
    private final Counters counters;
    private final EventLog events;
    private final Map<Token, Opening> awaiting = new ConcurrentHashMap<>();
    private final Map<UserName, Integer> byUser = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    Tunnels(CurrentLimits limits, Counters counters, EventLog events) {
        this.limits = limits;
        this.counters = counters;
        this.events = events;
    }

    /** Tunnels that are open. */
    int open() {
        return open.get();
    }

    /** Answers of skeletons that are awaited. */
    int awaiting() {
        return awaiting.size();
    }

    /** Tunnels that a user has, or is opening. */
    int of(UserName user) {
        return byUser.getOrDefault(user, 0);
    }

    /** Counts a tunnel that a user asks for; false when the user has as many as allowed. Each is given back once. */
    boolean take(UserName user) {
        boolean[] taken = {false};
        byUser.compute(user, (name, count) -> {
            int now = count == null ? 0 : count;
            taken[0] = now < limits.now().tunnelsPerUser();
            return taken[0] ? now + 1 : count;
        });
        return taken[0];
    }

    void giveBack(UserName user) {
        byUser.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
    }

    /** An opening awaits an answer with this token. */
    void await(Token token, Opening opening) {
        awaiting.put(token, opening);
    }

    void forget(Token token) {
        awaiting.remove(token);
    }

    /** Hands a skeleton's answer to the opening of that id that awaits it; false when none does (any more). */
    boolean answered(Token token, Spare answer) {
        Opening opening = awaiting.get(token);
        boolean awaited = opening != null
                && opening.server().equals(answer.registration().id())
                && awaiting.remove(token, opening);
        if (opening != null && awaited) {
            opening.answered(answer);
        }
        return awaited;
    }

    /**
     * Joins two legs; from here on their bytes pass. On the client's loop.
     *
     * @param client has been told OPENED
     * @param skeleton has been told START
     */
    void join(ClientLeg client, Leg skeleton, Registration by, TunnelId id) {
        long since = System.nanoTime();
        // Not the client's leg itself, whose keys are of no use any more: a tunnel keeps only what its end needs.
        UserName user = client.user();
        counters.tunnels.increment();
        open.incrementAndGet();
        by.tunnelOpened();
        Splice.join(client.leg(), skeleton, end -> {
            open.decrementAndGet();
            by.tunnelEnded();
            giveBack(user);
            counters.bytesUp.add(end.aToB());
            counters.bytesDown.add(end.bToA());
            events.write(
                    Event.TUNNEL,
                    id,
                    user,
                    by.id(),
                    by.session().user(),
                    (System.nanoTime() - since) / 1_000_000,
                    end.aToB(),
                    end.bToA(),
                    reason(end));
        });
    }

    private static String reason(SpliceEnd end) {
        return switch (end.outcome()) {
            case FINISHED -> "finished";
            case A_LOST -> "the client's side was lost";
            case B_LOST -> "the skeleton's side was lost";
            case ABORTED -> "cut by this node";
        };
    }
}
