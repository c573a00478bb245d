package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The incoming half of a {@link Duplex}: what has come and was not delivered yet, in order, with the peer's end and the
 * close behind it. Owns the rules of {@link Duplex.Receiver}; used on one thread at a time.
 */
public final class Inbox {
    private final Executor later;
    private final Consumer<Boolean> demand;
    private final BiConsumer<Duplex.Receiver, Throwable> broken;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private Duplex.@Nullable Receiver receiver;
    private @Nullable ConnectionLost cause;

    private boolean paused;
    private boolean frozen;
    private boolean discarding;
    private boolean ended;
    private boolean endDelivered;
    private boolean closed;
    private boolean closeDelivered;

    private boolean delivering;
    private boolean scheduled;
    /** Something was received since the last readCompleted. */
    private boolean received;

    /**
     * The inbox of a stream.
     *
     * @param later runs an action on the stream's loop, not inside the call
     * @param demand is told whether more can be taken; often with the same answer
     * @param broken is told of a receiver that threw, and aborts the stream
     */
    public Inbox(Executor later, Consumer<Boolean> demand, BiConsumer<Duplex.Receiver, Throwable> broken) {
        this.later = later;
        this.demand = demand;
        this.broken = broken;
    }

    public void receiver(Duplex.@Nullable Receiver next) {
        receiver = next;
        received = false;
        endDelivered = false;
        closeDelivered = false;
        schedule();
    }

    public void unread(ByteBuf bytes) {
        if (discarding || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        held.addFirst(bytes);
        demand();
        schedule();
    }

    /** Capacity of what was not delivered yet, in bytes. */
    long held() {
        return held.stream().mapToLong(ByteBuf::capacity).sum();
    }

    public void pause() {
        paused = true;
        demand();
    }

    public void resume() {
        if (paused) {
            paused = false;
            demand();
            schedule();
        }
    }

    /** Between the two threads of a move nothing is delivered and nothing scheduled. */
    void freeze() {
        frozen = true;
        demand();
    }

    void thaw() {
        frozen = false;
        schedule();
    }

    /** From now on everything but the close is dropped. */
    public void discard() {
        discarding = true;
        held.forEach(ByteBuf::release);
        held.clear();
        demand();
    }

    public void read(ByteBuf bytes) {
        if (discarding || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        held.add(bytes);
        deliver();
    }

    public void readCompleted() {
        Duplex.Receiver to = receiver;
        if (received && to != null && !frozen) {
            received = false;
            guarded(to, to::readCompleted);
        }
    }

    public void ended() {
        ended = true;
        deliver();
    }

    /** Comes last; delivered later. */
    public void closed(@Nullable ConnectionLost why) {
        closed = true;
        cause = why;
        demand();
        schedule();
    }

    public void writabilityChanged(boolean writable) {
        Duplex.Receiver to = receiver;
        if (to != null && !frozen && !closed) {
            guarded(to, () -> to.writabilityChanged(writable));
        }
    }

    private void schedule() {
        if (!scheduled && !frozen) {
            scheduled = true;
            later.execute(() -> {
                scheduled = false;
                deliver();
                readCompleted();
            });
        }
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        while (receiver != null && !frozen && step(receiver)) {
            // Each step may have changed everything: the receiver, the pause, the end.
        }
        delivering = false;
        demand();
    }

    /** Delivers one thing; false when there is nothing to deliver now. */
    private boolean step(Duplex.Receiver to) {
        boolean endDue = ended && !endDelivered && !discarding;
        if (paused && (endDue || !held.isEmpty())) {
            return false;
        }
        ByteBuf bytes = held.poll();
        if (bytes != null) {
            received = true;
            guarded(to, () -> to.received(bytes));
        } else if (endDue) {
            endDelivered = true;
            guarded(to, to::ended);
        } else if (closed && !closeDelivered) {
            closeDelivered = true;
            guarded(to, () -> to.closed(cause));
        } else {
            return false;
        }
        return true;
    }

    private void guarded(Duplex.Receiver to, Runnable call) {
        try {
            call.run();
        } catch (Throwable thrown) {
            broken.accept(to, thrown);
        }
    }

    private void demand() {
        boolean room = discarding || (receiver != null && !paused && held.isEmpty());
        demand.accept(room && !frozen && !ended && !closed);
    }
}
