package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The phase that waits for one frame: what comes behind it belongs to the next phase, however late that is set. */
class OneFrameTest {
    /** A frame is a length byte, at most 100, and so many bytes. */
    private static int size(byte[] in, int off, int available) throws ProtocolException {
        if (available < 1) {
            return Frames.UNKNOWN;
        }
        if (in[off] < 1 || in[off] > 100) {
            throw new ProtocolException("an impossible length");
        }
        return 1 + in[off];
    }

    private static byte[] frame(int length) {
        byte[] frame = new byte[1 + length];
        for (int i = 0; i <= length; i++) {
            frame[i] = (byte) (length + i);
        }
        return frame;
    }

    private final BlockingQueue<byte[]> taken = new LinkedBlockingQueue<>();
    private final BlockingQueue<Exception> lost = new LinkedBlockingQueue<>();

    private void await(Leg leg) throws Exception {
        Rig.run(leg, () -> OneFrame.await(leg, OneFrameTest::size, taken::add, lost::add));
    }

    private <T> T next(BlockingQueue<T> from) throws InterruptedException {
        T next = from.poll(Rig.SECONDS, TimeUnit.SECONDS);
        assertTrue(next != null, "nothing came");
        return next;
    }

    /** Keeps what comes until the end. */
    private static final class Rest implements Duplex.Receiver {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CompletableFuture<byte[]> end = new CompletableFuture<>();

        @Override
        public void received(ByteBuf some) {
            bytes.writeBytes(ByteBufUtil.getBytes(some));
            some.release();
        }

        @Override
        public void ended() {
            end.complete(bytes.toByteArray());
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            end.complete(bytes.toByteArray());
        }
    }

    static java.util.stream.Stream<Transport> transports() {
        return Rig.transports();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatFollowsWaitsForAReceiverThatComesLate(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            await(pair.leg());
            byte[] frame = frame(100);
            byte[] more = new byte[300_000];
            Arrays.fill(more, (byte) 7);
            pair.peer().getOutputStream().write(frame);
            assertArrayEquals(frame, next(taken));
            Thread writer = new Thread(() -> {
                try {
                    pair.peer().getOutputStream().write(more);
                    pair.peer().shutdownOutput();
                } catch (java.io.IOException e) {
                    lost.add(e);
                }
            });
            writer.start();
            var rest = new Rest();
            Rig.run(pair.leg(), () -> pair.leg().receiver(rest));
            assertArrayEquals(more, rest.end.get(Rig.SECONDS, TimeUnit.SECONDS));
            writer.join();
            assertEquals(0, lost.size());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theFrameIsFoundByteByByteAndInOneWriteWithItsSuccessor(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            await(pair.leg());
            for (byte one : frame(9)) {
                pair.peer().getOutputStream().write(new byte[] {one});
            }
            assertArrayEquals(frame(9), next(taken));
            byte[] two = Arrays.copyOf(frame(1), 2 + 3);
            System.arraycopy(frame(2), 0, two, 2, 3);
            pair.peer().getOutputStream().write(two);
            await(pair.leg());
            assertArrayEquals(frame(1), next(taken));
            await(pair.leg());
            assertArrayEquals(frame(2), next(taken));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsNoFrameIsLostOnce(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            for (byte[] wrong : new byte[][] {{0}, {101}, {-1, 1, 2}}) {
                Rig.Pair pair = rig.accept();
                await(pair.leg());
                pair.peer().getOutputStream().write(wrong);
                assertInstanceOf(ProtocolException.class, next(lost));
                pair.peer().close();
                Rig.run(pair.leg(), pair.leg()::abort);
            }
            Rig.Pair pair = rig.accept();
            await(pair.leg());
            pair.peer().getOutputStream().write(new byte[] {9, 1});
            pair.peer().shutdownOutput();
            assertInstanceOf(EOFException.class, next(lost));
            assertEquals(0, lost.size());
            assertEquals(0, taken.size());
        }
    }
}
