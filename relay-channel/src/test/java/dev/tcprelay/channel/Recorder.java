package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A receiver that notes what it hears, and fails the test through {@link #wrong} when the order is not kept. */
class Recorder implements Duplex.Receiver {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final AtomicLong count = new AtomicLong();
    final AtomicInteger closes = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<@Nullable ConnectionLost> closed = new CompletableFuture<>();
    volatile String wrong = "";

    @Override
    public void received(ByteBuf received) {
        if (ends.get() > 0 || closes.get() > 0) {
            wrong += "bytes after the end; ";
        }
        count.addAndGet(received.readableBytes());
        byte[] copy = new byte[received.readableBytes()];
        received.readBytes(copy);
        received.release();
        keep(copy);
    }

    void keep(byte[] copy) {
        bytes.writeBytes(copy);
    }

    @Override
    public void ended() {
        if (ends.incrementAndGet() > 1 || closes.get() > 0) {
            wrong += "a second or late end; ";
        }
        ended.complete(null);
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        if (closes.incrementAndGet() > 1) {
            wrong += "closed twice; ";
        }
        closed.complete(cause);
    }

    @Nullable
    ConnectionLost awaitClosed() throws Exception {
        return closed.get(Rig.SECONDS, TimeUnit.SECONDS);
    }

    void awaitEnded() throws Exception {
        ended.get(Rig.SECONDS, TimeUnit.SECONDS);
    }
}
