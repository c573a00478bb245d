package dev.tcprelay.relay;

import dev.tcprelay.channel.AttachedLeg;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OpenLegs;
import dev.tcprelay.channel.PeerDialler;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.Members.Member;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The links to other nodes that carry no tunnel yet: a few warm ones to each member, dialled ahead, so that carrying a
 * leg costs no connect. A node is dialled only as long as it is a member, and only where the membership has it.
 * Thread-safe.
 */
final class PeerLinks {
    /** To each node. */
    private static final int WARM = 2;

    /** That one node may have dialled and not used; nodes of this program have {@link #WARM}. */
    static final int MOST_WAITING = 16;

    /** Failures in a row after which nothing is to cross. */
    private static final int HOPELESS = 2 * WARM;

    /** Those after which it is said: a node is a member before its port is open, and may not know the dialler yet. */
    private static final int NEWS = 5 * WARM;

    private static final Logger log = LoggerFactory.getLogger(PeerLinks.class);

    private final Context context;
    private final Members members;
    private final PeerDialler dialler;
    private final Map<NodeId, Line> lines = new HashMap<>();
    private final Crowds<NodeId, Leg> waiting = new Crowds<>();
    private final OpenLegs open = new OpenLegs();
    private boolean closed;

    /** The links to one node. */
    private static final class Line {
        private final Deque<Warm> warm = new ArrayDeque<>();
        private int dialling;
        private int failures;
        private int used;
        private long failed;
    }

    /**
     * How many links there are to a node, by whichever side they were dialled.
     *
     * @param warm that wait, dialled from here
     * @param used that carry a tunnel or are about to
     * @param failed attempts to dial it, since it has joined
     */
    record Use(int warm, int used, long failed) {
        static final Use NONE = new Use(0, 0, 0);

        Use plus(Use other) {
            return new Use(warm + other.warm, used + other.used, failed + other.failed);
        }

        JsonObject json() {
            return new JsonObject().put("warm", warm).put("used", used).put("failed", failed);
        }
    }

    /** @param context on which links are dialled */
    PeerLinks(Context context, Members members, PeerDialler dialler) {
        this.context = context;
        this.members = members;
        this.dialler = dialler;
    }

    /** A link to that node that carries nothing yet; fails when it is no member or cannot be reached within 2 s. */
    Future<AttachedLeg> take(NodeId to) {
        Warm warm = poll(to);
        if (warm == null) {
            return dial(to).onSuccess(link -> uses(to, link.leg())).onFailure(e -> failed(to));
        }
        uses(to, warm.link.leg());
        refill();
        return Future.succeededFuture(warm.link);
    }

    /** The link is in use until it ends. */
    void uses(NodeId node, Leg link) {
        Line line = line(node);
        synchronized (this) {
            line.used++;
        }
        link.closed().onComplete(ended -> {
            synchronized (this) {
                line.used--;
            }
        });
    }

    private synchronized Line line(NodeId node) {
        return lines.computeIfAbsent(node, id -> new Line());
    }

    private synchronized void failed(NodeId node) {
        Line line = lines.get(node);
        if (line != null) {
            line.failed++;
        }
    }

    private synchronized @Nullable Warm poll(NodeId to) {
        Line line = lines.get(to);
        return line == null ? null : line.warm.pollFirst();
    }

    private Future<AttachedLeg> dial(NodeId to) {
        Member member = members.find(to).orElse(null);
        if (member == null) {
            return Future.failedFuture("node " + to + " is no member of the cluster");
        }
        Promise<AttachedLeg> dialled = Promise.promise();
        context.runOnContext(v -> dialler.dial(to, member.peers()).onComplete(dialled));
        return dialled.future().onSuccess(link -> arrived(link.leg()));
    }

    /** A link is there, dialled by whichever side: it ends with this node. */
    private void arrived(Leg leg) {
        Leg unused = open.add(leg);
    }

    /** A node has dialled a link, which carries nothing yet. Of too many by one node the oldest ends. */
    void arrived(NodeId from, Leg leg) {
        arrived(leg);
        Leg oldest;
        synchronized (this) {
            oldest = waiting.add(from, leg, MOST_WAITING);
        }
        leg.closed().onComplete(ended -> waitsNoMore(from, leg));
        if (oldest != null) {
            oldest.run(oldest::abort);
        }
    }

    /** A link that a node has dialled is about to carry something. */
    synchronized void waitsNoMore(NodeId from, Leg leg) {
        waiting.remove(from, leg);
    }

    /** Dials what is missing to the present members; to be called from time to time and when one has joined. */
    void refill() {
        for (Member member : members.others()) {
            for (int missing = missing(member.id()); missing > 0; missing--) {
                dial(member.id())
                        .onComplete(
                                link -> warm(member.id(), link), e -> failed(member, String.valueOf(e.getMessage())));
            }
        }
    }

    private synchronized int missing(NodeId node) {
        Line line = line(node);
        int missing = closed ? 0 : WARM - line.warm.size() - line.dialling;
        line.dialling += Math.max(0, missing);
        return missing;
    }

    private void warm(NodeId node, AttachedLeg link) {
        var warm = new Warm(node, link);
        boolean kept;
        synchronized (this) {
            Line line = line(node);
            line.dialling--;
            line.failures = 0;
            kept = !closed && line.warm.offerLast(warm);
        }
        link.leg().run(kept ? () -> link.leg().receiver(warm) : link.leg()::abort);
    }

    private void failed(Member member, String why) {
        boolean news;
        synchronized (this) {
            Line line = line(member.id());
            line.dialling--;
            line.failures++;
            line.failed++;
            news = line.failures == NEWS && !closed;
        }
        log.atLevel(news ? Level.WARN : Level.DEBUG)
                .log("node {} ({}) cannot be linked: {}; trying again", member.name(), member.id(), why);
    }

    /**
     * Whether a leg could cross between that node and this one: not when links to it have failed again and again,
     * because it cannot be reached, or has not the cluster's key.
     */
    synchronized boolean crossable(NodeId node) {
        Line line = lines.get(node);
        return line == null || line.failures < HOPELESS;
    }

    /** A node has left: nothing is taken to it any more. Links that carry tunnels live as long as they can. */
    void left(NodeId node) {
        List<Warm> gone;
        synchronized (this) {
            Line line = lines.remove(node);
            gone = line == null ? List.of() : List.copyOf(line.warm);
        }
        gone.forEach(warm -> warm.link.leg().run(warm.link.leg()::abort));
    }

    private synchronized void forget(Warm warm) {
        Line line = lines.get(warm.node);
        if (line != null) {
            line.warm.remove(warm);
        }
    }

    /** Warm links to that node. */
    synchronized int warm(NodeId node) {
        Line line = lines.get(node);
        return line == null ? 0 : line.warm.size();
    }

    /** All links to that node. */
    synchronized Use use(NodeId node) {
        Line line = lines.get(node);
        return line == null ? Use.NONE : new Use(line.warm.size(), line.used, line.failed);
    }

    /** Dials no more and ends all links. */
    Future<Void> close() {
        synchronized (this) {
            closed = true;
            lines.clear();
        }
        return open.abortAll();
    }

    /** A link that waits; whatever comes on it ends it. */
    private final class Warm implements Duplex.Receiver {
        private final NodeId node;
        private final AttachedLeg link;

        Warm(NodeId node, AttachedLeg link) {
            this.node = node;
            this.link = link;
        }

        @Override
        public void received(ByteBuf bytes) {
            bytes.release();
            ended();
        }

        @Override
        public void ended() {
            forget(this);
            link.leg().abort();
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            forget(this);
        }
    }
}
