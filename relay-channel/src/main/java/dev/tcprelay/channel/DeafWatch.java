package dev.tcprelay.channel;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel about a connection now and then: on epoll a {@link Wire} whose input has ended hears of no reset and
 * no timeout. On the loop on which the wire is then.
 */
// What a check throws goes to the loop, which logs it.
@SuppressWarnings("FutureReturnValueIgnored")
final class DeafWatch {
    private static final long SECONDS = 10;

    private final Wire wire;
    private final WireListener listener;
    private @Nullable Future<?> next;

    DeafWatch(Wire wire, WireListener listener) {
        this.wire = wire;
        this.listener = listener;
    }

    void start() {
        if (wire.open()) {
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
        } else if (wire.dead()) {
            listener.failed(new SocketException("connection lost"));
        } else {
            start();
        }
    }
}
