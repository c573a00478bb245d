package dev.tcprelay.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/** Reads a blocking stream on a thread of its own: at most two pieces of 64 KiB are read ahead of their delivery. */
final class InputPump implements Runnable {
    private static final int PIECE = 64 * 1024;
    private static final int AHEAD = 2;

    private final InputStream in;
    private final Listener listener;
    private final Semaphore ahead = new Semaphore(AHEAD);
    private volatile boolean stopped;

    /** Called on the pump's thread. */
    interface Listener {
        void read(ByteBuf bytes);

        void ended();

        void failed(Exception e);
    }

    InputPump(InputStream in, Listener listener) {
        this.in = in;
        this.listener = listener;
    }

    void start() {
        var thread = new Thread(this, "stdin");
        thread.setDaemon(true);
        thread.start();
    }

    /** So many pieces have been delivered. */
    void delivered(int pieces) {
        ahead.release(pieces);
    }

    /** Reads no more. A read that is under way cannot be called back; what it brings is dropped. */
    void stop() {
        stopped = true;
        ahead.release();
    }

    @Override
    public void run() {
        byte[] piece = new byte[PIECE];
        try {
            while (!stopped) {
                ahead.acquire();
                int n = stopped ? -1 : in.read(piece);
                if (n < 0) {
                    listener.ended();
                    return;
                }
                listener.read(Unpooled.wrappedBuffer(Arrays.copyOf(piece, n)));
            }
        } catch (IOException | InterruptedException e) {
            listener.failed(e);
        }
    }
}
