package dev.tcprelay.channel;

import com.sun.management.UnixOperatingSystemMXBean;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.NetSocket;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file descriptors of this process: a role stops taking what costs some before there are none left, and goes on
 * when there are enough again. Without this an accept fails, and with it whatever else needs a descriptor just then. A
 * twentieth of the limit, 64 at least, is kept back for what must go on.
 *
 * <p>Counting takes the time of a listing of the process's descriptors (about a microsecond for each), so it is done
 * again only when a quarter of those that were free has been used. Where the system does not tell its limit there is
 * none. Thread-safe.
 */
public final class Descriptors {
    private static final Logger log = LoggerFactory.getLogger(Descriptors.class);
    private static final int LEAST_RESERVE = 64;
    private static final int FOR_EACH_TUNNEL = 2;
    private static final long LOOK_MILLIS = 1000;
    /** So many looks must find enough before that is said: a limit that is met again and again is one event. */
    private static final int CALM_LOOKS = 10;

    private static final String ADVICE =
            "Raise the limit: ulimit -n in the shell that starts it, or LimitNOFILE= in its systemd unit.";

    private final Context context;
    private final Usage usage;
    private final String effect;
    private final long reserve;
    private final List<Runnable> waiting = new ArrayList<>();
    private State state = State.ENOUGH;
    private long beforeCounting;
    private int calm;

    /** Whether there are enough. */
    private enum State {
        ENOUGH,
        /** Only the reserve is left. */
        SHORT,
        /** There are enough again, and were too few a moment ago. */
        CALMING
    }

    /**
     * What the system tells of this usage.
     *
     * @param limit {@link Long#MAX_VALUE} when there is none
     * @param open how many descriptors are open now; may throw InternalError when none is left to count them with
     */
    record Usage(long limit, LongSupplier open) {
        static Usage own() {
            if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                    && unix.getMaxFileDescriptorCount() > 0) {
                return new Usage(unix.getMaxFileDescriptorCount(), unix::getOpenFileDescriptorCount);
            }
            return new Usage(Long.MAX_VALUE, () -> 0);
        }

        long counted() {
            try {
                return open.getAsLong();
            } catch (InternalError e) {
                return limit;
            }
        }
    }

    Descriptors(Context context, Usage usage, String effect) {
        this.context = context;
        this.usage = usage;
        this.effect = effect;
        this.reserve = Math.max(LEAST_RESERVE, usage.limit() / 20);
    }

    /**
     * Those of this process; says in one line of the log what they suffice for.
     *
     * @param context of the verticle that uses them, with which it ends
     * @param role who it is, for the log
     * @param effect what happens while there are too few, for the log
     */
    public static Descriptors of(Context context, String role, String effect) {
        var descriptors = new Descriptors(context, Usage.own(), effect);
        descriptors.tell(role);
        return descriptors;
    }

    private void tell(String role) {
        long limit = usage.limit();
        if (limit == Long.MAX_VALUE) {
            return;
        }
        long open = usage.counted();
        long tunnels = tunnels(open);
        String line = "{}: room for {} tunnels, {} descriptors each; the limit is {}, {} are open, {} are kept back";
        if (tunnels > 0) {
            log.info(line, role, tunnels, FOR_EACH_TUNNEL, limit, open, reserve);
        } else {
            log.warn(line + ". " + ADVICE, role, tunnels, FOR_EACH_TUNNEL, limit, open, reserve);
        }
    }

    /** For how many tunnels there is room when so many descriptors are open. */
    long tunnels(long open) {
        return Math.max(0, usage.limit() - reserve - open) / FOR_EACH_TUNNEL;
    }

    /**
     * Makes the listener that this connection came from stop accepting while there are too few; others wait in the
     * system's backlog. To be called inside the handler that Vert.x calls with a new socket, for each; it holds from
     * the first one on.
     */
    public void guard(NetSocket accepted) {
        Tuning.guard(accepted, this);
    }

    /** The same for a listener of HTTP. */
    public void guard(HttpConnection accepted) {
        Tuning.guard(accepted, this);
    }

    /** Counts something that takes descriptors; false when only the reserve is left. */
    public synchronized boolean take() {
        if (state == State.SHORT) {
            return false;
        }
        beforeCounting--;
        return beforeCounting > 0 || enough();
    }

    /** Counts now, whatever was counted before; false when only the reserve is left. */
    synchronized boolean enough() {
        if (state == State.SHORT) {
            return false;
        }
        long open = usage.counted();
        long left = usage.limit() - reserve - open;
        if (left <= 0) {
            shortOf(open);
            return false;
        }
        // Not one by one near the limit: what is taken uncounted is far less than the reserve.
        beforeCounting = Math.max(reserve / 16, left / 4);
        return true;
    }

    private void shortOf(long open) {
        if (state == State.ENOUGH) {
            log.warn("{} of {} descriptors are open: {} until some are free. {}", open, usage.limit(), effect, ADVICE);
            context.runOnContext(v -> watch());
        }
        state = State.SHORT;
    }

    /** Runs the action when there are enough; at once if there are. */
    void whenEnough(Runnable action) {
        synchronized (this) {
            if (state == State.SHORT) {
                waiting.add(action);
                return;
            }
        }
        action.run();
    }

    private void watch() {
        long unused = context.owner().setPeriodic(LOOK_MILLIS, this::look);
    }

    private void look(long timer) {
        context.executeBlocking(usage::counted, false)
                .onComplete(open -> looked(open, timer), e -> log.error("the descriptors could not be counted", e));
    }

    private void looked(long open, long timer) {
        List<Runnable> released = List.of();
        synchronized (this) {
            if (state == State.SHORT && usage.limit() - open >= reserve + reserve / 4) {
                state = State.CALMING;
                calm = 0;
                beforeCounting = 0;
                released = List.copyOf(waiting);
                waiting.clear();
            } else if (state == State.CALMING && ++calm == CALM_LOOKS) {
                state = State.ENOUGH;
                boolean unused = context.owner().cancelTimer(timer);
                log.info("{} of {} descriptors are open: enough again", open, usage.limit());
            }
        }
        released.forEach(Runnable::run);
    }
}
