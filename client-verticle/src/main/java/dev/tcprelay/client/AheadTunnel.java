package dev.tcprelay.client;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.wire.NodeId;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A tunnel that waits for its use, all but message 2 done. On the leg's loop. */
final class AheadTunnel implements Duplex.Receiver {
    private final Attempts.Reached reached;
    private final Consumer<AheadTunnel> lost;
    private final Cancellable life;
    private final long since = System.nanoTime();
    private boolean over;

    /**
     * @param lost is called when its leg has ended, unless it was taken or closed before
     * @param old is called when it has waited that long
     */
    AheadTunnel(Attempts.Reached reached, Duration life, Consumer<AheadTunnel> lost, Consumer<AheadTunnel> old) {
        this.reached = reached;
        this.lost = lost;
        this.life = leg().after(life, () -> old.accept(this));
        leg().receiver(this);
    }

    private Leg leg() {
        return reached.tunnel().leg();
    }

    NodeId node() {
        return reached.node();
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Takes it out of its wait; it is to be answered at once. */
    EndToEnd.Begun take() {
        over();
        return reached.tunnel();
    }

    /** It is not wanted any more: neither the relay nor the skeleton takes that for a failure. */
    void close() {
        over();
        leg().closeGently();
    }

    private void over() {
        over = true;
        life.cancel();
    }

    private void lost() {
        if (!over) {
            over();
            leg().abort();
            lost.accept(this);
        }
    }

    /** The skeleton says nothing before message 2. */
    @Override
    public void received(ByteBuf bytes) {
        bytes.release();
        lost();
    }

    @Override
    public void ended() {
        lost();
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        lost();
    }
}
