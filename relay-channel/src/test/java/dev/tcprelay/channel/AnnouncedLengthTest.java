package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a peer announces costs nothing before it comes (M7): a wait takes memory by the bytes that it has. */
class AnnouncedLengthTest {
    private static final int ANNOUNCED = 65_535;
    private static final int CONNECTIONS = 1000;

    /** So many bytes for each connection are more than one that has sent two bytes needs. */
    private static final int MODEST = 2048;

    /** A connection of which only the bytes matter that are handed to its receiver. */
    private static final Duplex UNCONNECTED = (Duplex) Proxy.newProxyInstance(
            Duplex.class.getClassLoader(), new Class<?>[] {Duplex.class}, (proxy, method, arguments) -> null);

    private static byte[] head() {
        return new byte[] {(byte) (ANNOUNCED >> 8), (byte) ANNOUNCED};
    }

    private static OneFrame await(AtomicReference<byte[]> taken) {
        return OneFrame.await(
                UNCONNECTED, (in, off, available) -> available < 2 ? -1 : 2 + ANNOUNCED, taken::set, e -> {
                    throw new AssertionError(e);
                });
    }

    @Test
    void aLengthAloneAllocatesNothing() {
        Assumptions.assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var taken = new AtomicReference<byte[]>();
        await(taken).received(Unpooled.wrappedBuffer(head())); // classes are loaded
        List<OneFrame> waiting = new ArrayList<>(CONNECTIONS);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CONNECTIONS; i++) {
            OneFrame phase = await(taken);
            phase.received(Unpooled.wrappedBuffer(head()));
            waiting.add(phase);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / CONNECTIONS;
        assertTrue(each < MODEST, each + " bytes for each of " + waiting.size());
    }

    @Test
    void andWhatHasComeIsWhole() {
        var taken = new AtomicReference<byte[]>();
        OneFrame phase = await(taken);
        phase.received(Unpooled.wrappedBuffer(head()));
        for (int sent = 0; sent < ANNOUNCED; sent += 5) {
            phase.received(Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5}));
        }
        assertEquals(2 + ANNOUNCED, taken.get().length);
        assertEquals(5, taken.get()[1 + ANNOUNCED]);
    }
}
