package dev.tcprelay.client;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel as streams of Vert.x. Both directions are independent: {@link #end()} ends the own one only, and the end
 * handler tells of the server's, after which one may go on writing. A reset comes to the exception handler, after all
 * bytes that came before it; an end that is not the server's own never looks like one.
 *
 * <p>Used on the context on which the tunnel was opened, which also calls the handlers. At most 256 KiB that were
 * received wait here; writing is full beyond about 1 MiB.
 */
public final class TunnelStream implements ReadStream<Buffer>, WriteStream<Buffer> {
    private static final int RECEIVED_HIGH = 256 * 1024;
    private static final int RECEIVED_LOW = RECEIVED_HIGH / 2;
    private static final int UNDER_WAY_HIGH = 1024 * 1024;

    private final Duplex duplex;
    private final Context context;
    private final Incoming incoming = new Incoming();
    private final Deque<Buffer> received = new ArrayDeque<>();
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Handler<Void> drainHandler;
    private @Nullable IOException lost;
    private long demand = Long.MAX_VALUE;
    private boolean peerEnded;
    private boolean endTold;
    private boolean closed;
    private boolean lossTold;
    private boolean ended;
    private boolean delivering;
    /** Bytes on their way to the tunnel's loop, and whether the loop can take more. */
    private long underWay;

    private boolean writable = true;

    private TunnelStream(Duplex duplex, Context context) {
        this.duplex = duplex;
        this.context = context;
    }

    static TunnelStream over(Duplex duplex, Context context) {
        var stream = new TunnelStream(duplex, context);
        duplex.loop().execute(() -> {
            duplex.receiver(stream.incoming);
            duplex.resume();
        });
        return stream;
    }

    @Override
    public TunnelStream handler(@Nullable Handler<Buffer> next) {
        handler = next;
        deliverLater();
        return this;
    }

    @Override
    public TunnelStream pause() {
        demand = 0;
        return this;
    }

    @Override
    public TunnelStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public TunnelStream fetch(long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("a negative amount");
        }
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        deliverLater();
        return this;
    }

    @Override
    public TunnelStream endHandler(@Nullable Handler<Void> next) {
        endHandler = next;
        deliverLater();
        return this;
    }

    /** Is told once of a reset. */
    @Override
    public TunnelStream exceptionHandler(@Nullable Handler<Throwable> next) {
        exceptionHandler = next;
        deliverLater();
        return this;
    }

    private void deliverLater() {
        context.runOnContext(v -> deliver());
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        while (demand > 0 && handler != null && !received.isEmpty()) {
            if (demand != Long.MAX_VALUE) {
                demand--;
            }
            Buffer next = received.remove();
            consumed(next.length());
            handler.handle(next);
        }
        delivering = false;
        if (received.isEmpty() && demand > 0) {
            tellEnds();
        }
    }

    private void tellEnds() {
        if (peerEnded && !endTold && lost == null && endHandler != null) {
            endTold = true;
            endHandler.handle(null);
        }
        if (lost != null && !lossTold && exceptionHandler != null) {
            lossTold = true;
            exceptionHandler.handle(lost);
        }
    }

    private void consumed(int bytes) {
        duplex.loop().execute(() -> incoming.consumed(bytes));
    }

    /** Completes when the tunnel has taken the bytes, which is not when the server has them. */
    @Override
    public Future<Void> write(Buffer data) {
        if (closed || ended) {
            return Future.failedFuture(lost != null ? lost : new IOException("the stream has ended"));
        }
        Promise<Void> taken = Promise.promise();
        ByteBuf bytes = Unpooled.wrappedBuffer(data.getBytes());
        int length = bytes.readableBytes();
        underWay += length;
        duplex.loop().execute(() -> {
            duplex.write(bytes);
            duplex.flush();
            boolean room = duplex.writable();
            context.runOnContext(v -> {
                underWay -= length;
                writable = room;
                taken.complete();
                drain();
            });
        });
        return taken.future();
    }

    /** Ends the own direction; the other goes on. */
    @Override
    public Future<Void> end() {
        Promise<Void> done = Promise.promise();
        ended = true;
        duplex.loop().execute(() -> {
            duplex.end();
            context.runOnContext(v -> done.complete());
        });
        return done.future();
    }

    /** Ends both directions by a reset. */
    public void reset() {
        duplex.loop().execute(duplex::abort);
    }

    /** Has no effect: the tunnel sets its own limit. */
    @Override
    public TunnelStream setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return !closed && (!writable || underWay >= UNDER_WAY_HIGH);
    }

    @Override
    public TunnelStream drainHandler(@Nullable Handler<Void> next) {
        drainHandler = next;
        context.runOnContext(v -> drain());
        return this;
    }

    private void drain() {
        Handler<Void> waiting = drainHandler;
        if (waiting != null && !writeQueueFull()) {
            drainHandler = null;
            waiting.handle(null);
        }
    }

    /** What comes on the tunnel's loop; hops to the context. */
    private final class Incoming implements Duplex.Receiver {
        private long waiting;

        @Override
        public void received(ByteBuf bytes) {
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            bytes.release();
            waiting += copy.length;
            if (waiting > RECEIVED_HIGH) {
                duplex.pause();
            }
            context.runOnContext(v -> {
                received.add(Buffer.buffer(copy));
                deliver();
            });
        }

        void consumed(int bytes) {
            boolean wasFull = waiting > RECEIVED_LOW;
            waiting -= bytes;
            if (wasFull && waiting <= RECEIVED_LOW) {
                duplex.resume();
            }
        }

        @Override
        public void ended() {
            context.runOnContext(v -> {
                peerEnded = true;
                deliver();
            });
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            context.runOnContext(v -> {
                closed = true;
                lost = cause;
                deliver();
                drain();
            });
        }

        @Override
        public void writabilityChanged(boolean now) {
            context.runOnContext(v -> {
                writable = now;
                drain();
            });
        }
    }
}
