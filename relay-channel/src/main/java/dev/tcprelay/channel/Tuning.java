package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link Wire} sets on its channel, and what it asks the kernel. */
final class Tuning {
    private static final Logger LOG = LoggerFactory.getLogger(Tuning.class);

    static final int LOW_WATER = 256 * 1024;
    static final int HIGH_WATER = 1024 * 1024;

    /** On epoll a wake-up writes until the kernel is full: see {@link Wire} on lost interest in writing. */
    private static final int WRITES_PER_WAKE_UP = 1 << 20;

    /** Linux, struct tcp_info: getsockopt(SOL_TCP, TCP_INFO). What an older kernel does not know stays zero. */
    private static final RawUnixChannelOption TCP_INFO = new RawUnixChannelOption("TCP_INFO", 6, 11, 232);

    private static final int STATE = 0;
    private static final int RETRANSMITS = 2;
    private static final int PROBES = 3;
    private static final int UNACKED_PACKETS = 24;
    private static final int MILLIS_SINCE_ACK = 56;
    private static final int ACKED_BYTES = 120;
    private static final int NOT_SENT_BYTES = 144;
    private static final int PEERS_WINDOW = 228;
    private static final byte TCP_CLOSE = 7;

    private Tuning() {}

    /** See {@link Sockets#listener}. */
    static Supplier<Future<Void>> listener(NetSocket accepted) {
        Channel listener =
                ((NetSocketInternal) accepted).channelHandlerContext().channel().parent();
        return () -> Future.future(closed -> listener.close().addListener(done -> closed.complete()));
    }

    /** See {@link Descriptors#guard}. */
    static void guard(NetSocket accepted, Descriptors descriptors) {
        guard(((NetSocketInternal) accepted).channelHandlerContext().channel().parent(), descriptors);
    }

    /** See {@link Descriptors#guard}. */
    static void guard(HttpConnection accepted, Descriptors descriptors) {
        guard(
                ((HttpServerConnection) accepted)
                        .channelHandlerContext()
                        .channel()
                        .parent(),
                descriptors);
    }

    private static void guard(Channel listener, Descriptors descriptors) {
        if (listener.pipeline().get(ListenerGuard.class) == null) {
            listener.eventLoop().execute(() -> {
                if (listener.isOpen() && listener.pipeline().get(ListenerGuard.class) == null) {
                    listener.pipeline().addFirst(new ListenerGuard(descriptors));
                }
            });
        }
    }

    /** Runs the task at the end of this iteration of the calling loop, after all other tasks. */
    static void afterIteration(EventLoop loop, Runnable task) {
        ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(task);
    }

    static boolean isOpen(Wire wire) {
        return wire.channel().isOpen();
    }

    static boolean isEpoll(Channel channel) {
        return channel instanceof AbstractEpollStreamChannel;
    }

    static void apply(Channel channel, BooleanSupplier reading) {
        var config = channel.config();
        config.setAutoRead(false);
        // A failed write must not close the channel: what the peer sent before its reset is still to be read.
        config.setAutoClose(false);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setRecvByteBufAllocator(new Reads(reading, endTeller(channel)));
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER, HIGH_WATER));
        if (isEpoll(channel)) {
            config.setWriteSpinCount(WRITES_PER_WAKE_UP);
        } else if (channel instanceof NioSocketChannel) {
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), Sockets.KEEPALIVE_IDLE_SECONDS);
            config.setOption(
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), Sockets.KEEPALIVE_INTERVAL_SECONDS);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), Sockets.KEEPALIVE_PROBES);
        }
    }

    /**
     * Netty's NIO closes a unix domain socket at the peer's FIN, whatever is configured. So there it does not learn of
     * the FIN, and this tells the pipeline instead, as other channels do.
     */
    private static @Nullable Runnable endTeller(Channel channel) {
        return channel instanceof NioDomainSocketChannel
                ? () -> channel.eventLoop().execute(() -> {
                    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                })
                : null;
    }

    /**
     * A buffer that fits what was read: one byte of a dribbling peer must not pin a large buffer while it is queued
     * for a peer that does not read.
     */
    static ByteBuf fitted(ByteBuf read, ByteBufAllocator allocator) {
        int size = read.readableBytes();
        if (read.capacity() <= Reads.SMALLEST || size > read.capacity() / 4) {
            return read;
        }
        try {
            return allocator.directBuffer(size, size).writeBytes(read);
        } finally {
            read.release();
        }
    }

    /**
     * Sends FIN. Not by the channel's own way where there is another: that makes an exception, with its stack trace,
     * for what might still be queued.
     */
    static void shutdownOutput(Channel channel) {
        if (channel instanceof AbstractEpollStreamChannel epoll && epoll.fd() instanceof Socket socket) {
            try {
                socket.shutdown(false, true);
            } catch (IOException | NotYetConnectedException e) {
                LOG.debug("no FIN on a connection that is lost already", e);
            }
        } else {
            var unused = ((DuplexChannel) channel).shutdownOutput();
        }
    }

    /** Packets plus bytes that the peer's kernel has not acknowledged; negative when this system cannot tell. */
    static long unacknowledged(Wire wire) {
        ByteBuffer info = tcpInfo(wire.channel());
        return info == null
                ? -1
                : Integer.toUnsignedLong(info.getInt(UNACKED_PACKETS))
                        + Integer.toUnsignedLong(info.getInt(NOT_SENT_BYTES));
    }

    /** Bytes that the peer's kernel has acknowledged so far; negative when this system cannot tell. */
    static long acknowledged(Wire wire) {
        ByteBuffer info = tcpInfo(wire.channel());
        return info == null ? -1 : info.getLong(ACKED_BYTES);
    }

    /** Whether the kernel has given the connection up: reset, or timed out. False when this system cannot tell. */
    static boolean isDead(Channel channel) {
        ByteBuffer info = tcpInfo(channel);
        return info != null && info.get(STATE) == TCP_CLOSE;
    }

    /**
     * Whether the peer's kernel has answered nothing since the last look, although this one has sent again: bytes, or
     * probes of a window that is closed because the peer does not read. False when this system cannot tell.
     */
    static boolean isUnanswered(Wire wire) {
        ByteBuffer info = tcpInfo(wire.channel());
        if (info == null || info.getInt(MILLIS_SINCE_ACK) < TimeUnit.SECONDS.toMillis(PeerWatch.SECONDS)) {
            return false;
        }
        return info.getInt(PEERS_WINDOW) == 0 ? info.get(PROBES) > 1 : info.get(RETRANSMITS) > 0;
    }

    private static @Nullable ByteBuffer tcpInfo(Channel channel) {
        if (!(channel instanceof EpollSocketChannel) || !channel.isOpen()) {
            return null;
        }
        ByteBuffer info = channel.config().getOption(TCP_INFO);
        return info == null ? null : info.order(ByteOrder.nativeOrder());
    }

    /** On a listener: stops accepting while there are too few descriptors, also when an accept has failed for it. */
    private static final class ListenerGuard extends ChannelInboundHandlerAdapter {
        private final Descriptors descriptors;

        ListenerGuard(Descriptors descriptors) {
            this.descriptors = descriptors;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            if (!descriptors.enough()) {
                stop(ctx.channel().config());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            ctx.fireChannelRead(accepted);
            if (!descriptors.take()) {
                stop(ctx.channel().config());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof IOException && !descriptors.enough()) {
                stop(ctx.channel().config());
            } else {
                ctx.fireExceptionCaught(cause);
            }
        }

        private void stop(ChannelConfig listener) {
            listener.setAutoRead(false);
            descriptors.whenEnough(() -> listener.setAutoRead(true));
        }
    }
}
