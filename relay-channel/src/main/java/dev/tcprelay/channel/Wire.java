package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Netty side of a {@link Leg}: with {@link Tuning} and {@link Reads} all that touches a channel. It takes the place
 * of Vert.x's handler in the pipeline, so that the {@link NetSocket} is freed.
 *
 * <p>Two peculiarities of Netty's epoll transport (4.2.18) are dealt with here. It reads on the peer's FIN, until the
 * end, although reading is off: {@link Reads} refuses, so the bytes stay in the kernel. And when it has seen that FIN
 * and has nothing to wait for, it removes the descriptor from the epoll set, but does not add it again when there is
 * something: resuming then closes the channel, and a write that the kernel does not take at once ends the stream as if
 * it were complete. A channel in that state is {@link #deaf}, and is registered anew before it is used.
 */
// The results come by promise, by exceptionCaught and by the close future, not by the futures that Netty returns.
@SuppressWarnings("FutureReturnValueIgnored")
final class Wire extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    /** Vert.x's until the takeover, then the own. */
    private ChannelHandlerContext context;

    private final Channel channel;
    private final WireListener listener;
    private final boolean epoll;
    private final PeerWatch watch;
    private volatile EventLoop loop;
    private @Nullable EventLoop target;
    private @Nullable Runnable moved;
    private final Turns turns = new Turns(this::readIfDue);
    private boolean readingWanted;
    private boolean reading;
    private boolean registering;
    private boolean inputEnded;
    private boolean outputShut;
    private boolean deaf;

    /** Takes hold of the connection of a socket, which goes on as it is until {@link #takeOver()}. */
    Wire(NetSocket socket, WireListener listener) {
        this.context = ((NetSocketInternal) socket).channelHandlerContext();
        this.channel = context.channel();
        this.listener = listener;
        this.loop = channel.eventLoop();
        this.epoll = Tuning.isEpoll(channel);
        this.watch = new PeerWatch(this, listener);
    }

    void takeOver() {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("a connection is taken over inside its connect handler, on its event loop");
        }
        Tuning.apply(channel, () -> reading);
        if (!context.isRemoved()) {
            channel.pipeline().replace(context.handler(), "wire", this);
        }
        channel.closeFuture().addListener(f -> closed());
        if (epoll) {
            watch.start();
        }
    }

    private void closed() {
        watch.stop();
        turns.leave();
        listener.closed();
    }

    EventLoop loop() {
        return loop;
    }

    void waterMarks(int low, int high) {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(low, high));
    }

    void reading(boolean on) {
        readingWanted = on;
        readIfDue();
    }

    private void readIfDue() {
        boolean on = readingWanted && !turns.waiting();
        if (reading == on) {
            return;
        }
        reading = on;
        if (registering || !channel.isOpen()) {
            return;
        }
        if (on && deaf && flushed()) {
            register(loop);
        } else {
            channel.config().setAutoRead(on);
        }
    }

    void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    void flush() {
        if (registering || queued() == 0) {
            return;
        }
        if (deaf && flushed()) {
            register(loop);
        } else {
            channel.flush();
        }
    }

    boolean writable() {
        return channel.isWritable();
    }

    /** Bytes that the kernel has not taken yet, and about 100 more for each buffer. */
    long queued() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    private boolean flushed() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null || queue.isEmpty();
    }

    /**
     * Runs the action when everything written so far has gone to the kernel, behind the own FIN too. When that fails
     * the listener is told.
     */
    void afterWrites(Runnable action) {
        ChannelPromise promise = channel.newPromise();
        promise.addListener(f -> {
            if (f.isSuccess() || outputShut) {
                action.run();
            } else {
                failed(f.cause());
            }
        });
        channel.write(Unpooled.EMPTY_BUFFER, promise);
        flush();
    }

    /** After {@link #afterWrites}: what would still be queued fails. */
    void shutdownOutput() {
        outputShut = true;
        Tuning.shutdownOutput(channel);
    }

    /** Closes with RST instead of FIN; on a unix domain socket there is no difference. */
    void reset() {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            LOG.debug("no SO_LINGER on a connection that is lost already", e);
        }
        close();
    }

    void close() {
        context.close();
    }

    /** For {@link Tuning}, which asks the kernel. */
    Channel channel() {
        return channel;
    }

    boolean dead() {
        return inputEnded && Tuning.isDead(channel);
    }

    /** Moves to another loop. The action runs there, also when the connection has been closed meanwhile. */
    void moveTo(EventLoop other, Runnable action) {
        turns.leave();
        target = other;
        moved = action;
        if (!registering) {
            register(other);
        }
    }

    private void register(EventLoop on) {
        registering = true;
        channel.config().setAutoRead(false);
        channel.deregister().addListener(f -> {
            loop = on;
            // Before the registration: the FIN may be told, and forgotten, at once.
            deaf = epoll && inputEnded;
            on.register(channel).addListener(g -> {
                if (on.inEventLoop()) {
                    registered();
                } else {
                    on.execute(this::registered);
                }
            });
        });
    }

    private void registered() {
        if (target != null && target != loop) {
            register(target);
            return;
        }
        registering = false;
        channel.config().setAutoRead(reading);
        channel.flush();
        Runnable action = moved;
        target = null;
        moved = null;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        turns.read(bytes.readableBytes());
        listener.read(Tuning.fitted(bytes, ctx.alloc()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        listener.readCompleted();
        turns.over(loop);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        listener.writabilityChanged(channel.isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            deaf = epoll;
            channel.config().setAutoRead(false);
            listener.inputEnded();
        } else {
            ReferenceCountUtil.release(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed(cause);
    }

    private void failed(Throwable cause) {
        if (cause == Reads.NOT_READING) {
            deaf = epoll;
        } else if (cause instanceof ChannelOutputShutdownException) {
            // Without a cause it tells of a write after the own end, which has been released.
            Throwable why = cause.getCause();
            if (why != null) {
                listener.outputFailed(why);
            }
        } else if (!(cause instanceof ClosedChannelException)) {
            listener.failed(cause);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        EventLoop now = loop;
        if (now.inEventLoop()) {
            listener.cut();
            ctx.close(promise);
        } else {
            now.execute(() -> close(ctx, promise));
        }
    }
}
