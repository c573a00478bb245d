package dev.tcprelay.channel;

import io.netty.channel.EventLoop;

/** When one connection reads among the others of its loop: see {@link RoundRobin}. Used on its loop. */
final class Turns {
    private final Runnable change;
    private int bytesRead;
    private boolean waiting;

    /** @param change is run when {@link #waiting()} has changed */
    Turns(Runnable change) {
        this.change = change;
    }

    /** Whether it must not read now. */
    boolean waiting() {
        return waiting;
    }

    void read(int bytes) {
        bytesRead += bytes;
    }

    /** The loop turns to others. */
    void over(EventLoop loop) {
        int read = bytesRead;
        bytesRead = 0;
        if (!waiting && RoundRobin.ofLoop().isToWait(this, read, loop)) {
            waiting = true;
            change.run();
        }
    }

    /** It may read again. */
    void next() {
        waiting = false;
        change.run();
    }

    /** It is closed, or moves to another loop. */
    void leave() {
        waiting = false;
        RoundRobin.ofLoop().leave(this);
    }
}
