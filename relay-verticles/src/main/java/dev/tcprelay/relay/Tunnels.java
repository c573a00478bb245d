package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.channel.SpliceEnd;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of a node: those that are being opened, and how many are open, in all, for each user and for each offer;
 * and those that it carries for other nodes. Thread-safe.
 */
final class Tunnels {
    private final CurrentLimits limits;
    private final Counters counters;
    private final EventLog events;
    private final Map<Token, Opening> awaiting = new ConcurrentHashMap<>();
    private final Map<UserName, Integer> byUser = new ConcurrentHashMap<>();
    private final Map<Offer, Integer> byOffer = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger carried = new AtomicInteger();
    private final AtomicInteger inHand = new AtomicInteger();
    private final Set<Running> all = ConcurrentHashMap.newKeySet();
    private final List<Consumer<Offer>> listeners = new CopyOnWriteArrayList<>();

    Tunnels(CurrentLimits limits, Counters counters, EventLog events) {
        this.limits = limits;
        this.counters = counters;
        this.events = events;
    }

    /** Is told of every offer whose number of tunnels has changed, on any thread. */
    void listen(Consumer<Offer> listener) {
        listeners.add(listener);
    }

    /** Tunnels that are open and whose client is on this node. */
    int open() {
        return open.get();
    }

    /** Tunnels whose client is on another node and whose skeleton's leg is here. */
    int carried() {
        return carried.get();
    }

    /** Tunnels of both kinds. */
    int running() {
        return open() + carried();
    }

    /** Whether no tunnel is open, asked for or about to be carried. */
    boolean idle() {
        return byUser.isEmpty() && running() == 0 && inHand.get() == 0;
    }

    /** Counts a leg that is about to be carried to another node, until it is decided. */
    Future<Boolean> carrying(Future<Boolean> decided) {
        inHand.incrementAndGet();
        return decided.onComplete(done -> inHand.decrementAndGet());
    }

    /** Resets both sides of all tunnels. Returns how many there were that had not been cut before. */
    int cut() {
        return (int) all.stream().filter(Running::cut).count();
    }

    /** Tunnels to an offer that are open and whose client is on this node. */
    int of(Offer offer) {
        return byOffer.getOrDefault(offer, 0);
    }

    /** Answers of skeletons that are awaited. */
    int awaiting() {
        return awaiting.size();
    }

    /** Tunnels that a user has, or is opening. */
    int of(UserName user) {
        return byUser.getOrDefault(user, 0);
    }

    /**
     * Counts a tunnel that a user asks for; false when the user has as many as allowed. Each is given back once.
     *
     * @param ahead nobody waits for it: the last quarter of what is allowed is kept for others
     */
    boolean take(UserName user, boolean ahead) {
        boolean[] taken = {false};
        byUser.compute(user, (name, count) -> {
            int now = count == null ? 0 : count;
            int most = limits.now().tunnelsPerUser();
            taken[0] = now < (ahead ? most - most / 4 : most);
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

    /** Hands a skeleton's leg to the opening of that id that awaits it; false when none does (any more). */
    boolean answered(Token token, ServerId server, Candidate answer) {
        Opening opening = awaiting.get(token);
        boolean awaited = opening != null && opening.server().equals(server) && awaiting.remove(token, opening);
        if (opening != null && awaited) {
            opening.answered(token, answer);
        }
        return awaited;
    }

    /**
     * Joins two legs; from here on their bytes pass. On the client's loop.
     *
     * @param client has been told OPENED
     * @param skeleton has been told START
     */
    void join(ClientLeg client, Leg skeleton, Offer by, LegMessage.Start start) {
        long since = System.nanoTime();
        // Not the client's leg itself, whose keys are of no use any more: a tunnel keeps only what its end needs.
        UserName user = client.user();
        counters.tunnels.increment();
        open.incrementAndGet();
        count(by, 1);
        splice(client.leg(), skeleton, end -> {
            open.decrementAndGet();
            count(by, -1);
            giveBack(user);
            counters.bytesUp.add(end.aToB());
            counters.bytesDown.add(end.bToA());
            if (unused(start, end.aToB())) {
                counters.tunnelsUnused.increment();
                return;
            }
            events.write(
                    Event.TUNNEL,
                    start.tunnel(),
                    user,
                    by.server(),
                    by.user(),
                    (System.nanoTime() - since) / 1_000_000,
                    end.aToB(),
                    end.bToA(),
                    reason(end, "client", "skeleton"));
        });
    }

    /** One that was opened ahead of need, and not needed, is no event: nobody has connected to anything. */
    private static boolean unused(LegMessage.Start start, long bytesOfTheClient) {
        return start.ahead() && bytesOfTheClient == 0;
    }

    private void count(Offer offer, int change) {
        byOffer.merge(offer, change, (count, by) -> count + by == 0 ? null : count + by);
        listeners.forEach(listener -> listener.accept(offer));
    }

    /**
     * Joins a link to the node where a client's leg is with the skeleton's leg; from here on their bytes pass. On the
     * skeleton's loop.
     */
    void carry(Leg link, NodeId meeting, Leg skeleton, Offer by, LegMessage.Start start) {
        long since = System.nanoTime();
        counters.tunnelsCarried.increment();
        carried.incrementAndGet();
        splice(skeleton, link, end -> {
            carried.decrementAndGet();
            if (unused(start, end.bToA())) {
                return;
            }
            events.write(
                    Event.TUNNEL_CARRIED,
                    start.tunnel(),
                    by.server(),
                    by.user(),
                    meeting,
                    (System.nanoTime() - since) / 1_000_000,
                    end.bToA(),
                    end.aToB(),
                    reason(end, "skeleton", "other node"));
        });
    }

    private void splice(Leg a, Leg b, Splice.Ended ended) {
        var running = new Running(a);
        all.add(running); // before the join, which may end at once
        running.splice = Splice.join(a, b, end -> {
            all.remove(running);
            ended.ended(end);
        });
    }

    /** A tunnel that can be cut. */
    private static final class Running {
        private final Leg leg;
        /** Touched on the leg's loop. */
        private @Nullable Splice splice;

        private final AtomicBoolean cut = new AtomicBoolean();

        Running(Leg leg) {
            this.leg = leg;
        }

        /** True the first time. */
        boolean cut() {
            leg.run(() -> {
                if (splice != null) {
                    splice.abort();
                }
            });
            return !cut.getAndSet(true);
        }
    }

    private static String reason(SpliceEnd end, String a, String b) {
        return switch (end.outcome()) {
            case FINISHED -> "finished";
            case A_LOST -> "the " + a + "'s side was lost";
            case B_LOST -> "the " + b + "'s side was lost";
            case ABORTED -> "cut by this node";
        };
    }
}
