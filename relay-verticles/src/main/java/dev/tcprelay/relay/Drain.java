package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a node comes to its end without harm to whom another node can serve (docs/protocol.md, M72 and M73): it tells
 * that it is about to stop and still takes everything, then sends its sessions away and closes its ports, then lets its
 * tunnels finish. What runs after the grace is reset. On the node's context.
 */
final class Drain {
    /** How long sessions have for going elsewhere when no tunnel is a reason to wait. */
    static final Duration MOVING = Duration.ofSeconds(10);

    private static final long LOOK_MILLIS = 100;
    /** So many looks in a row must find nothing: what has been accepted may just be about to ask for a tunnel. */
    private static final int QUIET_LOOKS = 2;
    /** How long resets may take. */
    private static final long CUT_NANOS = Duration.ofSeconds(1).toNanos();

    private final Context context;
    private final Node node;
    private final Doors doors;
    private final Promise<Void> over = Promise.promise();
    private volatile @Nullable Phase phase;
    private Runnable announcement = () -> {};
    private DrainOptions options = new DrainOptions(Duration.ZERO, Duration.ZERO);
    private long begun;
    private volatile long saidGoodbye;
    private int quiet;
    private int cut;

    /** What a draining node is at. */
    enum Phase {
        /** It is not ready, and accepts everything. */
        NOTICE,
        /** Sessions are asked to go; openings that are under way get their answer. */
        GOODBYE,
        /** Tunnels go on. */
        FINISHING,
        /** Nothing is left. */
        OVER
    }

    Drain(Context context, Node node, Doors doors) {
        this.context = context;
        this.node = node;
        this.doors = doors;
    }

    /** What tells the other nodes at once that this one is about to stop. */
    void announcing(Runnable action) {
        announcement = action;
    }

    /**
     * Begins, unless it has begun.
     *
     * @param by who asked for it, for the log
     */
    void begin(DrainOptions how, String by) {
        if (phase != null) {
            return;
        }
        phase = Phase.NOTICE;
        options = how;
        begun = System.nanoTime();
        node.events()
                .write(
                        Event.DRAIN,
                        by,
                        node.sessions().size(),
                        node.tunnels().running(),
                        how.grace().toSeconds());
        announcement.run();
        if (how.notice().isZero()) {
            goodbye();
        } else {
            long unused = vertx().setTimer(how.notice().toMillis(), id -> goodbye());
        }
    }

    private void goodbye() {
        saidGoodbye = System.nanoTime();
        phase = Phase.GOODBYE;
        node.sessions()
                .sendAway(
                        new GoAway(GoAway.DRAIN, Math.toIntExact(options.grace().toSeconds())));
        doors.close(Role.CLIENT);
        node.warmLegs().close();
        node.spares().close();
        long unused = vertx().setPeriodic(LOOK_MILLIS, this::look);
    }

    private void look(long timer) {
        Tunnels tunnels = node.tunnels();
        if (phase == Phase.GOODBYE && tunnels.awaiting() == 0) {
            phase = Phase.FINISHING;
            doors.close(Role.SKELETON); // not before: the answers that are awaited may come here
        }
        long since = System.nanoTime() - saidGoodbye;
        boolean late = since >= options.grace().toNanos();
        if (late) {
            cut += tunnels.cut();
        }
        quiet = tunnels.idle() && (late || gone(since)) ? quiet + 1 : 0;
        if (quiet == QUIET_LOOKS || since >= options.grace().toNanos() + CUT_NANOS) {
            boolean unused = vertx().cancelTimer(timer);
            end();
        }
    }

    /** Whether no session is worth waiting for: on its own a node knows that they can go nowhere. */
    private boolean gone(long since) {
        return node.sessions().size() == 0 || node.peering().members().others().isEmpty() || since >= MOVING.toNanos();
    }

    private void end() {
        doors.close(Role.SKELETON);
        phase = Phase.OVER;
        node.events().write(Event.DRAINED, (System.nanoTime() - begun) / 1_000_000, cut);
        over.complete();
    }

    private Vertx vertx() {
        return context.owner();
    }

    /** Whether it has begun. For any thread. */
    boolean begun() {
        return phase != null;
    }

    /** Completes when nothing runs on the node any more. For any thread. */
    Future<Void> over() {
        return over.future();
    }

    /** How far it has come; null before it has begun. For any thread. */
    @Nullable
    JsonObject json() {
        Phase now = phase;
        if (now == null) {
            return null;
        }
        long since = now == Phase.NOTICE ? 0 : System.nanoTime() - saidGoodbye;
        long left = Math.max(0, options.grace().toNanos() - since);
        return new JsonObject()
                .put("phase", now.name().toLowerCase(Locale.ROOT))
                .put("sessions", node.sessions().size())
                .put("tunnels", node.tunnels().running())
                .put("graceSeconds", Duration.ofNanos(left).toSeconds());
    }
}
