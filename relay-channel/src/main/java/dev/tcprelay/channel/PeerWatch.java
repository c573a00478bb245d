package dev.tcprelay.channel;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel about a connection every 10 s, on epoll, for what nothing else tells in time. A {@link Wire} whose
 * input has ended hears of no reset. And a peer that is gone while bytes for it are under way would be tried for a
 * quarter of an hour; it is given up after 20 to 30 s. That is what TCP_USER_TIMEOUT is for, which cannot be used: it
 * also ends the connection of a peer that is there, acknowledges, and has not read for that time; and beside keepalive
 * an idle one, of which a single probe was lost. On the loop on which the wire is then.
 */
// What a check throws goes to the loop, which logs it.
@SuppressWarnings("FutureReturnValueIgnored")
final class PeerWatch {
    static final long SECONDS = 10;
    private static final int UNANSWERED_LIMIT = 3;

    private final Wire wire;
    private final WireListener listener;
    private @Nullable Future<?> next;
    private int unanswered;

    PeerWatch(Wire wire, WireListener listener) {
        this.wire = wire;
        this.listener = listener;
    }

    void start() {
        if (Tuning.isOpen(wire)) {
            next = wire.loop().schedule(this::check, SECONDS, TimeUnit.SECONDS);
        }
    }

    /** The connection is closed: the loop must not keep it, and all that it refers to, until the next check. */
    void stop() {
        if (next != null) {
            next.cancel(false);
        }
    }

    private void check() {
        EventLoop now = wire.loop();
        if (!now.inEventLoop()) {
            now.execute(this::check);
            return;
        }
        unanswered = Tuning.isUnanswered(wire) ? unanswered + 1 : 0;
        // A connection is dead only when all has been read: with one that both sides have ended the kernel is done
        // before.
        if (wire.dead() || unanswered == UNANSWERED_LIMIT) {
            listener.failed(new SocketException("connection lost"));
        } else {
            start();
        }
    }
}
