package dev.tcprelay.systemtests;

import java.io.IOException;

/** A thread that sends on a connection, and whether it could. */
final class Sending {
    private static final long MILLIS_TO_HEAR = 1000;

    private Thread thread;
    private volatile boolean broken;

    private Sending() {}

    /** What is sent. */
    interface Work {
        void send() throws IOException;
    }

    static Sending start(Work work) {
        Sending sending = new Sending();
        sending.thread = Threads.start("sends", () -> {
            try {
                work.send();
            } catch (IOException e) {
                sending.broken = true;
            }
        });
        return sending;
    }

    /** Whether a write has failed, to be asked when the connection has ended for its reader. */
    boolean isBroken() {
        try {
            thread.join(MILLIS_TO_HEAR);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return broken;
    }

    void await() {
        Threads.join(thread);
    }

    boolean isAlive() {
        return thread.isAlive();
    }
}
