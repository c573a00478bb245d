package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the channel of a {@link Wire} reads: buffers that grow with what comes, none while nothing is to be read
 * (Netty's epoll reads on a FIN even then), and so much before the event loop turns to its other channels.
 */
final class Reads implements RecvByteBufAllocator {
    static final int SMALLEST = 512;

    /** Thrown into Netty's read loop, which then leaves the bytes where they are. */
    @SuppressWarnings("StaticAssignmentOfThrowable")
    static final RuntimeException NOT_READING = new NotReading();

    private static final int FIRST = 4 * 1024;
    /** The measured optimum of throughput; reached only by connections that fill it. */
    private static final int LARGEST = 256 * 1024;

    /** A turn ends when so much has been read; who gets the next one: {@link RoundRobin}. */
    private static final int TURN = LARGEST;

    private static final int MOST_OF_A_TURN = 16;

    private final AdaptiveRecvByteBufAllocator adaptive = new AdaptiveRecvByteBufAllocator(SMALLEST, FIRST, LARGEST);
    private final BooleanSupplier reading;
    private final @Nullable Runnable endTeller;

    /**
     * The reads of one channel.
     *
     * @param reading whether anything is to be read now
     * @param endTeller is told of the peer's FIN, and Netty is not; null to let Netty know
     */
    Reads(BooleanSupplier reading, @Nullable Runnable endTeller) {
        this.reading = reading;
        this.endTeller = endTeller;
        adaptive.maxMessagesPerRead(MOST_OF_A_TURN);
    }

    @Override
    @SuppressWarnings("deprecation")
    public Handle newHandle() {
        return new OneChannel((ExtendedHandle) adaptive.newHandle(), reading, endTeller);
    }

    /** Allocates for one channel, turn after turn. */
    private static final class OneChannel extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle adaptive;
        private final BooleanSupplier reading;
        private final boolean hidesEnd;
        private @Nullable Runnable endTeller;
        /** Bytes of this turn. */
        private int read;

        OneChannel(ExtendedHandle adaptive, BooleanSupplier reading, @Nullable Runnable endTeller) {
            super(adaptive);
            this.adaptive = adaptive;
            this.reading = reading;
            this.hidesEnd = endTeller != null;
            this.endTeller = endTeller;
        }

        @Override
        public void reset(ChannelConfig config) {
            read = 0;
            super.reset(config);
        }

        @Override
        public void lastBytesRead(int bytes) {
            boolean end = bytes < 0;
            Runnable teller = endTeller;
            if (end && teller != null) {
                endTeller = null;
                teller.run();
            }
            read += Math.max(bytes, 0);
            super.lastBytesRead(end && hidesEnd ? 0 : bytes);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (!reading.getAsBoolean()) {
                throw NOT_READING;
            }
            return super.allocate(allocator);
        }

        /** As NIO asks. */
        @Override
        public boolean continueReading() {
            return read < TURN && super.continueReading();
        }

        /** As epoll asks. */
        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return read < TURN && adaptive.continueReading(maybeMoreData);
        }
    }

    /** Carries nothing: there is one, shared by all channels. */
    private static final class NotReading extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotReading() {
            super("not reading", null, false, false);
        }
    }
}
