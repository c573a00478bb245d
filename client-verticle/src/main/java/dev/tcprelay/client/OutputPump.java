package dev.tcprelay.client;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Writes a blocking stream on a thread of its own. */
final class OutputPump implements Runnable {
    private static final long HIGH = 1024 * 1024;
    private static final long LOW = 256 * 1024;

    private final OutputStream out;
    private final Listener listener;
    /** Empty marks the end. */
    private final BlockingQueue<Optional<ByteBuf>> queue = new LinkedBlockingQueue<>();

    private final AtomicLong queued = new AtomicLong();
    private volatile boolean dropped;

    /** Called on the pump's thread. */
    interface Listener {
        /** Little is queued again, after there was much. */
        void drained();

        /** Everything has been written, and the stream closed. */
        void shut();

        /** The stream takes nothing any more. */
        void failed(Exception e);
    }

    OutputPump(OutputStream out, Listener listener) {
        this.out = out;
        this.listener = listener;
    }

    void start() {
        var thread = new Thread(this, "stdout");
        thread.setDaemon(true);
        thread.start();
    }

    boolean writable() {
        return queued.get() < HIGH;
    }

    /** Takes ownership. */
    void write(ByteBuf bytes) {
        queued.addAndGet(bytes.readableBytes());
        queue.add(Optional.of(bytes));
    }

    void end() {
        queue.add(Optional.empty());
    }

    /** What is queued is not wanted any more; the stream is closed. */
    void drop() {
        dropped = true;
        end();
    }

    @Override
    public void run() {
        try {
            try {
                writeAll();
            } finally {
                out.close();
            }
            listener.shut();
        } catch (IOException | InterruptedException e) {
            dropped = true;
            listener.failed(e);
        }
        releaseRest();
    }

    private void writeAll() throws IOException, InterruptedException {
        while (true) {
            if (queue.isEmpty()) {
                out.flush();
            }
            Optional<ByteBuf> next = queue.take();
            if (next.isEmpty()) {
                return;
            }
            write(next.get(), next.get().readableBytes());
        }
    }

    private void write(ByteBuf bytes, int length) throws IOException {
        try {
            if (!dropped) {
                bytes.readBytes(out, length);
            }
        } finally {
            bytes.release();
        }
        long before = queued.getAndAdd(-length);
        if (before > LOW && before - length <= LOW) {
            listener.drained();
        }
    }

    private void releaseRest() {
        for (Optional<ByteBuf> rest = queue.poll(); rest != null; rest = queue.poll()) {
            rest.ifPresent(ByteBuf::release);
        }
    }
}
