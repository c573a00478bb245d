package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** How much one connection reads before another on its loop does. */
class ReadsTest {
    private static final int KIB = 1024;
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private static ExtendedHandle handle(boolean reading) {
        return (ExtendedHandle) new Reads(() -> reading, null).newHandle();
    }

    /** Reads as a channel does whose peer sends without end; the bytes of one turn. */
    private static int turn(ExtendedHandle reads, EmbeddedChannel channel, Predicate<ExtendedHandle> more) {
        int bytes = 0;
        reads.reset(channel.config());
        do {
            ByteBuf buffer = reads.allocate(ALLOCATOR);
            reads.attemptedBytesRead(buffer.writableBytes());
            reads.lastBytesRead(buffer.writableBytes());
            reads.incMessagesRead(1);
            bytes += buffer.writableBytes();
            buffer.release();
        } while (more.test(reads));
        reads.readComplete();
        return bytes;
    }

    /** A connection that always has more must not keep the others of its loop waiting. */
    @Test
    void aBusyConnectionsTurnEnds() {
        EmbeddedChannel channel = new EmbeddedChannel();
        for (Predicate<ExtendedHandle> asked :
                java.util.List.<Predicate<ExtendedHandle>>of(ExtendedHandle::continueReading, reads -> {
                    return reads.continueReading(() -> true);
                })) {
            ExtendedHandle reads = handle(true);
            int bytes = 0;
            for (int turn = 0; turn < 100; turn++) {
                bytes = turn(reads, channel, asked);
                assertTrue(bytes < 512 * KIB, bytes + " bytes in one turn");
            }
            assertEquals(256 * KIB, bytes, "one read when reads have grown");
        }
        channel.close();
    }

    @Test
    void whatIsNotToBeReadGetsNoBuffer() {
        ExtendedHandle reads = handle(false);
        assertSame(Reads.NOT_READING, assertThrows(RuntimeException.class, () -> reads.allocate(ALLOCATOR)));
    }

    @Test
    void anEndThatNettyMustNotSeeIsToldOnce() {
        int[] told = {0};
        var reads = (ExtendedHandle) new Reads(() -> true, () -> told[0]++).newHandle();
        reads.lastBytesRead(-1);
        reads.lastBytesRead(-1);
        assertEquals(1, told[0]);
        assertFalse(reads.lastBytesRead() < 0);
    }
}
