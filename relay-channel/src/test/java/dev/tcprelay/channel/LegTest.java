package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultPromise;
import io.vertx.core.transport.Transport;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** One leg, its peer a blocking socket. */
@Timeout(120)
class LegTest {
    private static final int MIB = 1 << 20;

    static Stream<Transport> transports() {
        return Rig.transports();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static Recorder record(Leg leg) throws Exception {
        Recorder recorder = new Recorder();
        Rig.run(leg, () -> leg.receiver(recorder));
        return recorder;
    }

    private static CompletableFuture<Void> send(Socket to, byte[] bytes) {
        return Rig.async(() -> {
            try {
                to.getOutputStream().write(bytes);
                to.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void write(Leg leg, byte[] bytes) {
        leg.write(Unpooled.wrappedBuffer(bytes));
        leg.flush();
    }

    /** Pauses in every callback, so that FIN and bytes queue behind each other all the way. */
    @ParameterizedTest
    @MethodSource("transports")
    void theEndStandsBehindTwentyMegabytesOfPausedData(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Leg leg = pair.leg();
            byte[] bytes = random(20 * MIB);
            Recorder recorder = new Recorder() {
                @Override
                public void received(ByteBuf received) {
                    leg.pause();
                    super.received(received);
                    leg.loop().execute(leg::resume);
                }
            };
            Rig.run(leg, leg::pause);
            Rig.run(leg, () -> leg.receiver(recorder));
            var sent = send(pair.peer(), bytes);
            assertThrows(java.util.concurrent.TimeoutException.class, () -> sent.get(300, TimeUnit.MILLISECONDS));
            assertEquals(0, recorder.count.get());
            Rig.run(leg, leg::resume);
            recorder.awaitEnded();
            assertArrayEquals(bytes, recorder.bytes.toByteArray());
            Rig.run(leg, leg::end);
            assertNull(recorder.awaitClosed());
            assertEquals("", recorder.wrong);
        }
    }

    /** The kernel holds what came before a FIN; this process does not, although Netty reads on a FIN. */
    @ParameterizedTest
    @MethodSource("transports")
    void holdsNothingWhileThePeersEndWaits(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Leg leg = pair.leg();
            // Small enough to be in this side's kernel as a whole, with the FIN behind it.
            byte[] bytes = random(40_000);
            Recorder recorder = new Recorder();
            Rig.run(leg, leg::pause);
            Rig.run(leg, () -> leg.receiver(recorder));
            send(pair.peer(), bytes).get(Rig.SECONDS, TimeUnit.SECONDS);
            Rig.run(leg, () -> write(leg, new byte[] {1}));
            assertEquals(1, pair.peer().getInputStream().read());
            assertEquals(0, recorder.count.get());
            assertEquals(0, Rig.on(leg, leg::held));
            byte[] reply = random(24 * MIB);
            Rig.run(leg, () -> write(leg, reply));
            assertArrayEquals(reply, pair.peer().getInputStream().readNBytes(reply.length));
            assertEquals(0, Rig.on(leg, leg::held));
            assertEquals(0, recorder.count.get());
            Rig.run(leg, leg::resume);
            recorder.awaitEnded();
            assertArrayEquals(bytes, recorder.bytes.toByteArray());
            Rig.run(leg, () -> write(leg, reply));
            Rig.run(leg, leg::end);
            assertArrayEquals(reply, pair.peer().getInputStream().readAllBytes());
            assertNull(recorder.awaitClosed());
        }
    }

    /**
     * Both ends are done, so the kernel has given the connection up; that what came before is still to be read is no
     * loss. Longer than the time between two looks at the peer.
     */
    @Test
    void theEndOfAReaderThatRestsIsNoResetWhenTheOwnEndCameFirst() throws Exception {
        try (Rig rig = new Rig(Transport.EPOLL)) {
            Rig.Pair pair = rig.accept();
            Leg leg = pair.leg();
            byte[] bytes = random(40_000);
            Recorder recorder = new Recorder();
            Rig.run(leg, leg::pause);
            Rig.run(leg, () -> leg.receiver(recorder));
            Rig.run(leg, leg::end);
            assertEquals(-1, pair.peer().getInputStream().read());
            send(pair.peer(), bytes).get(Rig.SECONDS, TimeUnit.SECONDS);
            pair.peer().close();
            Rig.run(leg, () -> leg.after(Duration.ofSeconds(PeerWatch.SECONDS + 1), leg::resume));
            assertNull(recorder.awaitClosed());
            assertArrayEquals(bytes, recorder.bytes.toByteArray());
            assertEquals(1, recorder.ends.get());
        }
    }

    /** Takes a fixed number of bytes, gives the rest back and hands over, down to a last phase that keeps all. */
    private static final class Phase implements Duplex.Receiver {
        private final Leg leg;
        private final Duplex.Receiver next;
        private final ByteBuf got = Unpooled.buffer();
        private final int wanted;

        Phase(Leg leg, int wanted, Duplex.Receiver next) {
            this.leg = leg;
            this.wanted = wanted;
            this.next = next;
        }

        @Override
        public void received(ByteBuf bytes) {
            got.writeBytes(bytes, Math.min(bytes.readableBytes(), wanted - got.readableBytes()));
            if (got.readableBytes() < wanted) {
                bytes.release();
                return;
            }
            leg.unread(bytes);
            leg.receiver(next);
        }

        @Override
        public void ended() {
            throw new IllegalStateException("an end in the middle of a phase");
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            throw new IllegalStateException("a close in the middle of a phase");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void phasesHandOverWithBytesLeft(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            byte[] bytes = random(200);
            for (boolean dribbled : new boolean[] {false, true}) {
                Rig.Pair pair = rig.accept();
                Leg leg = pair.leg();
                Recorder last = new Recorder();
                Phase second = new Phase(leg, 50, last);
                Phase first = new Phase(leg, 10, second);
                Rig.run(leg, () -> leg.receiver(first));
                OutputStream out = pair.peer().getOutputStream();
                if (dribbled) {
                    for (byte one : bytes) {
                        out.write(one);
                    }
                } else {
                    out.write(bytes);
                }
                pair.peer().shutdownOutput();
                last.awaitEnded();
                assertEquals(Unpooled.wrappedBuffer(bytes, 0, 10), first.got);
                assertEquals(Unpooled.wrappedBuffer(bytes, 10, 50), second.got);
                assertArrayEquals(Arrays.copyOfRange(bytes, 60, 200), last.bytes.toByteArray());
                Rig.run(leg, leg::close);
                assertNull(last.awaitClosed());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void losesNothingOfAPeerThatEndsRightAfterItsConnect(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            for (int i = 0; i < 200; i++) {
                Socket peer = new Socket(InetAddress.getLoopbackAddress(), rig.server.actualPort());
                peer.getOutputStream().write(new byte[] {1, 2, 3});
                peer.shutdownOutput();
                Leg leg = rig.take();
                Recorder recorder = record(leg);
                recorder.awaitEnded();
                assertArrayEquals(new byte[] {1, 2, 3}, recorder.bytes.toByteArray());
                Rig.run(leg, () -> write(leg, new byte[] {4}));
                Rig.run(leg, leg::end);
                assertArrayEquals(new byte[] {4}, peer.getInputStream().readAllBytes());
                assertNull(recorder.awaitClosed());
                peer.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aLaterReceiverHearsOfTheEndAndOfTheClose(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder first = record(pair.leg());
            pair.peer().shutdownOutput();
            first.awaitEnded();
            Recorder second = record(pair.leg());
            second.awaitEnded();
            Rig.run(pair.leg(), pair.leg()::end);
            assertNull(second.awaitClosed());
            Recorder third = record(pair.leg());
            assertNull(third.awaitClosed());
            assertEquals(1, third.ends.get());
            assertEquals(0, first.closes.get());
            assertEquals("", first.wrong + second.wrong + third.wrong);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void abortResets(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            Rig.run(pair.leg(), pair.leg()::abort);
            assertThrows(IOException.class, pair.peer().getInputStream()::read);
            assertEquals(ConnectionLost.Kind.ABORTED, cause(recorder).kind());
            Rig.run(pair.leg(), () -> write(pair.leg(), new byte[10]));
            Rig.run(pair.leg(), pair.leg()::abort);
            Rig.run(pair.leg(), pair.leg()::end);
            Rig.run(pair.leg(), pair.leg()::closeGently);
            assertEquals(1, recorder.closes.get());
            assertEquals(0, recorder.ends.get());
        }
    }

    private static ConnectionLost cause(Recorder recorder) throws Exception {
        ConnectionLost cause = recorder.awaitClosed();
        assertNotNull(cause);
        return cause;
    }

    /** Bytes that came before a reset are delivered although delivery was paused when it came. */
    @ParameterizedTest
    @MethodSource("transports")
    void aResetStandsBehindPausedData(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Leg leg = pair.leg();
            Recorder recorder = record(leg);
            Rig.run(leg, leg::pause);
            pair.peer().getOutputStream().write(random(50_000));
            pair.peer().setSoLinger(true, 0);
            pair.peer().close();
            Rig.run(leg, leg::resume);
            assertEquals(ConnectionLost.Kind.RESET, cause(recorder).kind());
            assertArrayEquals(random(50_000), recorder.bytes.toByteArray());
            assertEquals(0, recorder.ends.get());
        }
    }

    /** A write hears of the reset first; the reading side would then see a mere end. */
    @ParameterizedTest
    @MethodSource("transports")
    void aResetThatAWriteHearsOfIsNoEnd(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Leg leg = pair.leg();
            Recorder recorder = record(leg);
            Rig.run(leg, leg::pause);
            pair.peer().getOutputStream().write(random(50_000));
            pair.peer().setSoLinger(true, 0);
            pair.peer().close();
            Rig.run(leg, () -> write(leg, random(100_000)));
            Rig.run(leg, () -> write(leg, random(100_000)));
            assertTrue(Rig.on(leg, leg::writable));
            Rig.run(leg, leg::resume);
            assertEquals(ConnectionLost.Kind.RESET, cause(recorder).kind());
            assertArrayEquals(random(50_000), recorder.bytes.toByteArray());
            assertEquals(0, recorder.ends.get());
        }
    }

    /** The own end is due when the kernel knows already that the connection is lost, and the leg does not yet. */
    @ParameterizedTest
    @MethodSource("transports")
    void anEndAfterAResetIsAReset(Transport transport) throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        var promises = (Logger) LoggerFactory.getLogger(DefaultPromise.class);
        log.start();
        promises.addAppender(log);
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Leg leg = pair.leg();
            Recorder recorder = record(leg);
            pair.peer().setSoLinger(true, 0);
            Rig.on(leg, () -> {
                pair.peer().close();
                leg.end();
                return null;
            });
            assertEquals(ConnectionLost.Kind.RESET, cause(recorder).kind());
        } finally {
            promises.detachAppender(log);
        }
        assertEquals(List.of(), log.list, "listeners that failed");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void abortAfterWritesLetsAFastReaderHaveEverything(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            byte[] bytes = random(3 * MIB);
            Rig.run(pair.leg(), () -> {
                write(pair.leg(), bytes);
                pair.leg().abortAfterWrites();
            });
            assertArrayEquals(bytes, pair.peer().getInputStream().readNBytes(bytes.length));
            assertThrows(IOException.class, pair.peer().getInputStream()::read);
            assertEquals(ConnectionLost.Kind.ABORTED, cause(recorder).kind());
        }
    }

    /** Guards: a reader that took longer than 2 s in all lost the rest. NIO cannot tell that it gets on. */
    @Test
    void abortAfterWritesLetsASlowReaderHaveEverythingOnEpoll() throws Exception {
        assumeTrue(Transport.EPOLL != null && Transport.EPOLL.available());
        try (Rig rig = new Rig(Transport.EPOLL)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            byte[] bytes = random(16 * MIB);
            Rig.run(pair.leg(), () -> {
                write(pair.leg(), bytes);
                pair.leg().abortAfterWrites();
            });
            int piece = bytes.length / 64;
            for (int at = 0; at < bytes.length; at += piece) {
                byte[] expected = Arrays.copyOfRange(bytes, at, at + piece);
                assertArrayEquals(expected, pair.peer().getInputStream().readNBytes(piece));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            assertThrows(IOException.class, pair.peer().getInputStream()::read);
            assertEquals(ConnectionLost.Kind.ABORTED, cause(recorder).kind());
        }
    }

    /** The own FIN went out before: the reset must not wait for writes that can never come. */
    @ParameterizedTest
    @MethodSource("transports")
    void abortAfterWritesAfterTheOwnEndIsPrompt(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            byte[] bytes = random(3 * MIB);
            Rig.run(pair.leg(), () -> {
                write(pair.leg(), bytes);
                pair.leg().end();
            });
            assertArrayEquals(bytes, pair.peer().getInputStream().readAllBytes());
            long start = System.nanoTime();
            Rig.run(pair.leg(), pair.leg()::abortAfterWrites);
            assertEquals(ConnectionLost.Kind.ABORTED, cause(recorder).kind());
            assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void abortAfterWritesDoesNotWaitForAStalledReader(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            long start = System.nanoTime();
            Rig.run(pair.leg(), () -> {
                write(pair.leg(), random(30 * MIB));
                pair.leg().abortAfterWrites();
            });
            assertEquals(ConnectionLost.Kind.ABORTED, cause(recorder).kind());
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        }
    }

    /** The last words reach a peer that is still sending: no reset destroys them (M49). */
    @ParameterizedTest
    @MethodSource("transports")
    void closesGentlyWhileThePeerIsSending(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            byte[] refusal = random(100);
            Rig.run(pair.leg(), () -> {
                write(pair.leg(), refusal);
                pair.leg().closeGently();
            });
            pair.peer().getOutputStream().write(random(12 * MIB));
            assertArrayEquals(refusal, pair.peer().getInputStream().readAllBytes());
            pair.peer().shutdownOutput();
            assertNull(recorder.awaitClosed());
            assertEquals(0, recorder.count.get());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void closesGentlyInBoundedTime(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Recorder recorder = record(pair.leg());
            long start = System.nanoTime();
            Rig.run(pair.leg(), pair.leg()::closeGently);
            assertEquals(-1, pair.peer().getInputStream().read());
            assertNull(recorder.awaitClosed());
            long took = System.nanoTime() - start;
            assertTrue(took > TimeUnit.SECONDS.toNanos(4) && took < TimeUnit.SECONDS.toNanos(15), took + " ns");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aReceiverThatThrowsEndsItsOwnLegOnly(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            Rig.Pair other = rig.accept();
            Recorder recorder = new Recorder() {
                @Override
                public void received(ByteBuf received) {
                    super.received(received);
                    throw new IllegalStateException("on purpose");
                }
            };
            Rig.run(pair.leg(), () -> pair.leg().receiver(recorder));
            pair.peer().getOutputStream().write(new byte[10]);
            assertThrows(IOException.class, pair.peer().getInputStream()::read);
            assertEquals(ConnectionLost.Kind.FAILED, cause(recorder).kind());
            Rig.run(other.leg(), () -> write(other.leg(), new byte[] {9}));
            assertEquals(9, other.peer().getInputStream().read());
        }
    }

    /** Held bytes and timers go along; nothing is delivered under way. */
    @ParameterizedTest
    @MethodSource("transports")
    void movesToAnotherLoop(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            EventLoop other = rig.otherLoop(pair.leg());
            Leg leg = pair.leg();
            CompletableFuture<Boolean> timer = new CompletableFuture<>();
            Recorder recorder = new Recorder();
            pair.peer().getOutputStream().write(1);
            Rig.run(leg, () -> {
                leg.unread(Unpooled.wrappedBuffer(new byte[] {0}));
                leg.after(java.time.Duration.ofMillis(50), () -> timer.complete(other.inEventLoop()));
            });
            Rig.get(Rig.on(leg, () -> leg.moveTo(other)));
            assertEquals(other, leg.loop());
            Rig.run(leg, () -> leg.receiver(recorder));
            pair.peer().getOutputStream().write(2);
            pair.peer().shutdownOutput();
            recorder.awaitEnded();
            assertArrayEquals(new byte[] {0, 1, 2}, recorder.bytes.toByteArray());
            assertTrue(timer.get(Rig.SECONDS, TimeUnit.SECONDS));
            Rig.run(leg, () -> write(leg, random(MIB)));
            Rig.run(leg, leg::end);
            assertArrayEquals(random(MIB), pair.peer().getInputStream().readAllBytes());
            assertNull(recorder.awaitClosed());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aCancelledTimerDoesNotRun(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Leg leg = rig.accept().leg();
            boolean[] ran = {false};
            CompletableFuture<Void> later = new CompletableFuture<>();
            Rig.run(leg, () -> {
                leg.after(java.time.Duration.ofMillis(5), () -> ran[0] = true).cancel();
                leg.after(java.time.Duration.ofMillis(20), () -> later.complete(null));
            });
            later.get(Rig.SECONDS, TimeUnit.SECONDS);
            assertFalse(Rig.on(leg, () -> ran[0]));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void openLegsAreClosedTogether(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            OpenLegs open = new OpenLegs();
            for (int i = 0; i < 10; i++) {
                open.add(rig.accept().leg());
            }
            assertEquals(10, open.size());
            Rig.get(open.abortAll());
            Rig.await(() -> open.size() == 0);
            Rig.Pair last = rig.accept();
            open.add(last.leg());
            last.peer().shutdownOutput();
            Rig.get(open.closeAllGently());
            assertEquals(-1, last.peer().getInputStream().read());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void losesNoDescriptors(Transport transport) throws Exception {
        File descriptors = new File("/proc/self/fd");
        Assumptions.assumeTrue(descriptors.isDirectory());
        try (Rig rig = new Rig(transport)) {
            int before = 0;
            for (int i = 0; i < 550; i++) {
                if (i == 50) {
                    before = descriptors.list().length;
                }
                try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), rig.server.actualPort())) {
                    Leg leg = rig.take();
                    Recorder recorder = record(leg);
                    peer.getOutputStream().write(1);
                    switch (i % 4) {
                        case 0 -> peer.shutdownOutput();
                        case 1 -> peer.setSoLinger(true, 0);
                        case 2 -> Rig.run(leg, leg::abort);
                        default -> Rig.run(leg, leg::end);
                    }
                    if (i % 4 == 0) {
                        recorder.awaitEnded();
                        Rig.run(leg, leg::end);
                        recorder.awaitClosed();
                    }
                    peer.close();
                    recorder.awaitClosed();
                    Rig.get(leg.closed());
                }
            }
            int after = descriptors.list().length;
            assertTrue(after <= before + 10, before + " descriptors became " + after);
        }
    }

    /** One byte does not pin the buffer that it was read into. */
    @Test
    void aSmallReadGetsAFittingBuffer() {
        UnpooledByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
        ByteBuf large = allocator.directBuffer(256 * 1024).writeByte(7);
        ByteBuf fitted = Tuning.fitted(large, allocator);
        assertEquals(0, large.refCnt());
        assertEquals(1, fitted.capacity());
        assertEquals(7, fitted.readByte());
        fitted.release();
        ByteBuf full = allocator.directBuffer(256 * 1024).writeZero(65 * 1024);
        assertEquals(full, Tuning.fitted(full, allocator));
        full.release();
    }
}
