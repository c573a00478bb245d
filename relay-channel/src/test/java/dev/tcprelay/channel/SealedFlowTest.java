package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.wire.TunnelRecord;
import io.netty.buffer.Unpooled;
import io.vertx.core.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Half-close, back-pressure, resets and many records, on both transports. */
class SealedFlowTest {
    private static final int MIB = 1024 * 1024;

    static java.util.stream.Stream<Transport> transports() {
        return Rig.transports();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static CompletableFuture<Void> async(Step step) {
        return Rig.async(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Something that blocks. */
    interface Step {
        void run() throws IOException;
    }

    /** Everything that the stream sends until its EOF; then the connection must end too. */
    private static byte[] readToEof(SealedRig tunnel) throws Exception {
        var all = new ByteArrayOutputStream();
        byte[] record = tunnel.read();
        while (record[0] == TunnelRecord.DATA.type()) {
            all.write(record, 1, record.length - 1);
            record = tunnel.read();
        }
        assertArrayEquals(new byte[] {(byte) TunnelRecord.EOF.type()}, record);
        assertEquals(-1, tunnel.peer.getInputStream().read());
        return all.toByteArray();
    }

    /** EOF one way, 10 MiB the other way: delivered whole, and only then closed, in order. */
    @ParameterizedTest
    @MethodSource("transports")
    void theReplyAfterAHalfCloseIsDeliveredWhole(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            tunnel.send(tunnel.data("a question"), tunnel.seal(TunnelRecord.EOF));
            tunnel.peer.shutdownOutput();
            tunnel.received.awaitEnded();
            assertEquals("a question", tunnel.text());
            byte[] reply = random(10 * MIB + 7);
            Rig.run(tunnel.leg, () -> {
                tunnel.stream.write(Unpooled.wrappedBuffer(reply));
                tunnel.stream.end();
            });
            assertArrayEquals(reply, readToEof(tunnel));
            assertNull(tunnel.received.awaitClosed());
            assertEquals("", tunnel.received.wrong);
        }
    }

    /** The other way round: this end ends first and goes on receiving. */
    @ParameterizedTest
    @MethodSource("transports")
    void anEndOfTheOwnDirectionLeavesTheOther(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            Rig.run(tunnel.leg, tunnel.stream::end);
            assertEquals(0, readToEof(tunnel).length);
            byte[] reply = random(3 * MIB);
            for (int at = 0; at < reply.length; at += 65_518) {
                byte[] part = Arrays.copyOfRange(reply, at, Math.min(reply.length, at + 65_518));
                tunnel.send(tunnel.seal(TunnelRecord.DATA, part));
            }
            tunnel.send(tunnel.seal(TunnelRecord.EOF));
            tunnel.peer.shutdownOutput();
            assertNull(tunnel.received.awaitClosed());
            assertArrayEquals(reply, tunnel.received.bytes.toByteArray());
            assertEquals(1, tunnel.received.ends.get());
        }
    }

    /** A receiver that does not take: the sender is held up soon; afterwards everything comes, in order. */
    @ParameterizedTest
    @MethodSource("transports")
    void aPausedReceiverBoundsWhatIsHeld(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            Rig.run(tunnel.leg, tunnel.stream::pause);
            AtomicLong sent = new AtomicLong();
            byte[] part = random(60_000);
            int parts = 64 * MIB / part.length;
            CompletableFuture<Void> sender = async(() -> {
                for (int i = 0; i < parts; i++) {
                    tunnel.send(tunnel.seal(TunnelRecord.DATA, part));
                    sent.addAndGet(part.length);
                }
                tunnel.send(tunnel.seal(TunnelRecord.EOF));
                tunnel.peer.shutdownOutput();
            });
            awaitStandstill(sent);
            // What two sockets' buffers hold, by far not what was to be sent.
            assertTrue(sent.get() < 24L * MIB, () -> sent + " bytes were taken");
            assertEquals(0, tunnel.received.count.get());
            Rig.run(tunnel.leg, tunnel.stream::resume);
            tunnel.received.awaitEnded();
            sender.get(Rig.SECONDS, TimeUnit.SECONDS);
            assertEquals((long) parts * part.length, tunnel.received.count.get());
        }
    }

    private static void awaitStandstill(AtomicLong counter) {
        long[] last = {-1, System.nanoTime()};
        Rig.await(() -> {
            if (counter.get() != last[0]) {
                last[0] = counter.get();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > TimeUnit.MILLISECONDS.toNanos(700);
        });
    }

    /** A peer that does not read: the stream says so, and says when that is over. */
    @ParameterizedTest
    @MethodSource("transports")
    void aPeerThatDoesNotReadIsNoticed(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            byte[] part = random(100_000);
            int[] parts = {0};
            Rig.await(() -> {
                try {
                    Rig.run(tunnel.leg, () -> {
                        tunnel.stream.write(Unpooled.wrappedBuffer(part));
                        tunnel.stream.flush();
                    });
                    parts[0]++;
                    return !Rig.on(tunnel.leg, tunnel.stream::writable);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertTrue(parts[0] < 640, () -> parts[0] + " parts");
            Rig.run(tunnel.leg, tunnel.stream::end);
            assertEquals(parts[0] * part.length, readToEof(tunnel).length);
            assertTrue(Rig.on(tunnel.leg, tunnel.stream::writable));
            Rig.run(tunnel.leg, tunnel.stream::abort);
        }
    }

    /** A reset of the application becomes CLOSE aborted behind everything that it had written. */
    @ParameterizedTest
    @MethodSource("transports")
    void anAbortComesBehindWhatWasWritten(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            byte[] said = random(MIB);
            Rig.run(tunnel.leg, () -> {
                tunnel.stream.write(Unpooled.wrappedBuffer(said));
                tunnel.stream.abortAfterWrites();
            });
            var all = new ByteArrayOutputStream();
            byte[] record = tunnel.read();
            while (record[0] == TunnelRecord.DATA.type()) {
                all.write(record, 1, record.length - 1);
                record = tunnel.read();
            }
            assertArrayEquals(said, all.toByteArray());
            assertArrayEquals(new byte[] {(byte) TunnelRecord.CLOSE.type(), 1}, record);
            assertFalse(tunnel.received.awaitClosed() == null);
        }
    }

    /** After EOF nothing can be said any more: then a reset of the application is one of the connection. */
    @ParameterizedTest
    @MethodSource("transports")
    void anAbortAfterEofIsAResetOfTheLeg(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            Rig.run(tunnel.leg, tunnel.stream::end);
            assertEquals(0, readToEof(tunnel).length);
            Rig.run(tunnel.leg, tunnel.stream::abort);
            tunnel.received.awaitClosed();
            assertThrows(SocketException.class, () -> {
                while (true) {
                    tunnel.send(tunnel.data("anybody there?"));
                }
            });
        }
    }

    /** 65,537 records each way: the keys change, the stream goes on. */
    @ParameterizedTest
    @MethodSource("transports")
    void theStreamGoesOnBeyondAChangeOfKeys(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            int records = 65_537;
            CompletableFuture<Void> sender = async(() -> {
                var batch = new ByteArrayOutputStream();
                for (int i = 0; i < records; i++) {
                    batch.writeBytes(tunnel.seal(TunnelRecord.DATA, (byte) i));
                }
                tunnel.send(batch.toByteArray(), tunnel.seal(TunnelRecord.EOF));
            });
            tunnel.received.awaitEnded();
            sender.get(Rig.SECONDS, TimeUnit.SECONDS);
            assertEquals(records, tunnel.received.count.get());
            Rig.run(tunnel.leg, () -> {
                for (int i = 0; i < records; i++) {
                    tunnel.stream.write(Unpooled.wrappedBuffer(new byte[] {(byte) i}));
                }
                tunnel.stream.end();
            });
            assertArrayEquals(tunnel.received.bytes.toByteArray(), readToEof(tunnel));
            tunnel.peer.shutdownOutput();
            assertNull(tunnel.received.awaitClosed());
        }
    }
}
