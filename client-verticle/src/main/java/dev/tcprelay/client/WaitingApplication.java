package dev.tcprelay.client;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The phase of a local application whose tunnel is being opened. What it sends ahead is kept, up to 64 KiB and one
 * read; beyond, it is not read. On the leg's loop.
 */
final class WaitingApplication implements Duplex.Receiver {
    private static final int LIMIT = 64 * 1024;

    private final Leg leg;
    private final boolean endIsLeaving;
    private final Runnable onLeft;
    private final Deque<ByteBuf> early = new ArrayDeque<>();
    private int size;
    private boolean left;

    /**
     * Becomes the leg's receiver.
     *
     * @param endIsLeaving whether an application that ends its direction without having sent a byte waits no longer.
     *     One that needs a reply before it can go on does; one that only wants to read does not
     */
    WaitingApplication(Leg leg, boolean endIsLeaving, Runnable onLeft) {
        this.leg = leg;
        this.endIsLeaving = endIsLeaving;
        this.onLeft = onLeft;
        leg.receiver(this);
    }

    boolean left() {
        return left;
    }

    @Override
    public void received(ByteBuf bytes) {
        early.add(bytes);
        size += bytes.readableBytes();
        if (size >= LIMIT) {
            leg.pause();
        }
    }

    @Override
    public void ended() {
        if (endIsLeaving && early.isEmpty()) {
            leave();
        }
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        early.forEach(ByteBuf::release);
        early.clear();
        leave();
    }

    private void leave() {
        if (!left) {
            left = true;
            onLeft.run();
        }
    }

    /** Gives what came ahead back to the leg, for the next receiver, which is to be set at once. */
    void handBack() {
        while (!early.isEmpty()) {
            leg.unread(early.removeLast());
        }
    }
}
