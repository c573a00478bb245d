package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tunnels between blocking sockets: what goes in comes out, ends and resets included. */
@Timeout(120)
class SpliceTest {
    private static final int MIB = 1 << 20;

    /** Two peers and what joins them. */
    private record Tunnel(Socket a, Socket b, Leg legA, Leg legB, Splice splice, BlockingQueue<SpliceEnd> ends) {
        SpliceEnd end() throws Exception {
            SpliceEnd end = ends.poll(Rig.SECONDS, TimeUnit.SECONDS);
            assertTrue(end != null, "the splice did not end");
            return end;
        }

        void endedOnce(Rig rig) throws Exception {
            Rig.get(legA.closed());
            Rig.get(legB.closed());
            Rig.run(legA, () -> {});
            assertEquals(0, ends.size(), "the listener was told twice");
        }
    }

    private static Tunnel tunnel(Rig rig, boolean sameLoop) throws Exception {
        Rig.Pair a = rig.accept();
        Rig.Pair b = rig.dial(a.leg(), sameLoop);
        BlockingQueue<SpliceEnd> ends = new LinkedBlockingQueue<>();
        Splice splice = Rig.on(a.leg(), () -> Splice.join(a.leg(), b.leg(), ends::add));
        return new Tunnel(a.peer(), b.peer(), a.leg(), b.leg(), splice, ends);
    }

    static Stream<Transport> transports() {
        return Rig.transports();
    }

    static Stream<Arguments> integrity() {
        int[] sizes = {0, 1, 65_535, 65_536, 65_537, 3 * MIB + 13, 48 * MIB + 13};
        return transports()
                .flatMap(transport -> java.util.Arrays.stream(sizes)
                        .boxed()
                        .flatMap(size -> Stream.of(true, false).map(same -> Arguments.of(transport, size, same))));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static CompletableFuture<Void> send(Socket to, byte[] bytes) {
        return Rig.async(() -> {
            try {
                OutputStream out = to.getOutputStream();
                for (int i = 0; i < bytes.length; i += 100_003) {
                    out.write(bytes, i, Math.min(100_003, bytes.length - i));
                }
                to.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static byte[] digest(Socket from) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        new DigestInputStream(from.getInputStream(), sha).transferTo(OutputStream.nullOutputStream());
        return sha.digest();
    }

    private static byte[] digest(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    @ParameterizedTest
    @MethodSource("integrity")
    void carriesBothDirectionsAtOnce(Transport transport, int size, boolean sameLoop) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, sameLoop);
            byte[] there = random(size);
            byte[] back = random(size / 2);
            var sent = CompletableFuture.allOf(send(tunnel.a, there), send(tunnel.b, back));
            var gotBack = Rig.asyncResult(() -> {
                try {
                    return digest(tunnel.a);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertArrayEquals(digest(there), digest(tunnel.b));
            assertArrayEquals(digest(back), gotBack.get(Rig.SECONDS, TimeUnit.SECONDS));
            sent.get(Rig.SECONDS, TimeUnit.SECONDS);
            assertEquals(new SpliceEnd(there.length, back.length, SpliceEnd.Outcome.FINISHED), tunnel.end());
            tunnel.endedOnce(rig);
        }
    }

    /** The first end does not end the other direction: ten megabytes and more come after it, whole. */
    @ParameterizedTest
    @MethodSource("integrity")
    void repliesAfterTheHalfClose(Transport transport, int size, boolean sameLoop) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, sameLoop);
            byte[] bytes = random(size);
            var sent = send(tunnel.a, bytes);
            assertArrayEquals(digest(bytes), digest(tunnel.b));
            sent.get(Rig.SECONDS, TimeUnit.SECONDS);
            var reply = send(tunnel.b, bytes);
            assertArrayEquals(digest(bytes), digest(tunnel.a));
            reply.get(Rig.SECONDS, TimeUnit.SECONDS);
            assertEquals(new SpliceEnd(size, size, SpliceEnd.Outcome.FINISHED), tunnel.end());
            tunnel.endedOnce(rig);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void repliesInSmallAndLargePiecesToASlowReaderThatHasHalfClosed(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, true);
            tunnel.a.shutdownOutput();
            assertEquals(-1, tunnel.b.getInputStream().read());
            byte[] piece = random(24 * MIB);
            for (int i = 0; i < 3; i++) {
                tunnel.b.getOutputStream().write(7);
                assertEquals(7, tunnel.a.getInputStream().read());
                var sent = Rig.async(() -> {
                    try {
                        tunnel.b.getOutputStream().write(piece);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                Rig.await(() -> tunnel.legA.queued() > 200 * 1024);
                assertArrayEquals(piece, tunnel.a.getInputStream().readNBytes(piece.length));
                sent.get(Rig.SECONDS, TimeUnit.SECONDS);
            }
            tunnel.b.close();
            assertEquals(-1, tunnel.a.getInputStream().read());
            assertEquals(SpliceEnd.Outcome.FINISHED, tunnel.end().outcome());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aResetComesAfterTheBytesBeforeIt(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            for (boolean fromA : new boolean[] {true, false}) {
                Tunnel tunnel = tunnel(rig, true);
                Socket resetting = fromA ? tunnel.a : tunnel.b;
                Socket other = fromA ? tunnel.b : tunnel.a;
                byte[] bytes = random(100_000);
                resetting.getOutputStream().write(bytes);
                Rig.await(() -> (fromA ? tunnel.splice.aToB() : tunnel.splice.bToA()) == bytes.length);
                resetting.setSoLinger(true, 0);
                resetting.close();
                SpliceEnd end = tunnel.end();
                assertEquals(fromA ? SpliceEnd.Outcome.A_LOST : SpliceEnd.Outcome.B_LOST, end.outcome());
                InputStream in = other.getInputStream();
                assertArrayEquals(bytes, in.readNBytes(bytes.length));
                assertThrows(IOException.class, in::read, "an end instead of a reset");
                tunnel.endedOnce(rig);
            }
        }
    }

    /** A slow reader: what its tunnel holds is bounded, and another tunnel of the same loop moves. */
    @ParameterizedTest
    @MethodSource("transports")
    void holdsLittleForASlowReader(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel slow = tunnel(rig, true);
            Tunnel quick = tunnel(rig, true);
            assertEquals(slow.legA.loop(), quick.legA.loop());
            byte[] bytes = random(48 * MIB);
            var sent = send(slow.a, bytes);
            Rig.await(() -> slow.legB.queued() > 200 * 1024);
            byte[] more = random(16 * MIB);
            var sentMore = send(quick.a, more);
            assertArrayEquals(digest(more), digest(quick.b));
            sentMore.get(Rig.SECONDS, TimeUnit.SECONDS);
            long held = Rig.on(slow.legB, slow.legB::queued);
            assertTrue(held < MIB + 512 * 1024, "held " + held);
            assertTrue(!sent.isDone(), "48 MiB were taken from the sender");
            assertArrayEquals(digest(bytes), digest(slow.b));
            sent.get(Rig.SECONDS, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aResetOfAStalledReaderEndsTheTunnel(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, true);
            var sent = send(tunnel.a, random(32 * MIB));
            Rig.await(() -> tunnel.legB.queued() > 200 * 1024);
            tunnel.b.setSoLinger(true, 0);
            tunnel.b.close();
            assertEquals(SpliceEnd.Outcome.B_LOST, tunnel.end().outcome());
            // The system tells of a reset once: either the writing or the reading side of the peer hears it.
            assertThrows(Exception.class, () -> {
                sent.get(Rig.SECONDS, TimeUnit.SECONDS);
                tunnel.a.getInputStream().read();
            });
            tunnel.endedOnce(rig);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void abortResetsBothSides(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, false);
            tunnel.a.getOutputStream().write(1);
            assertEquals(1, tunnel.b.getInputStream().read());
            Rig.run(tunnel.legA, tunnel.splice::abort);
            assertThrows(IOException.class, tunnel.a.getInputStream()::read);
            assertThrows(IOException.class, tunnel.b.getInputStream()::read);
            assertEquals(new SpliceEnd(1, 0, SpliceEnd.Outcome.ABORTED), tunnel.end());
            tunnel.endedOnce(rig);
        }
    }

    /** Vert.x closes what its servers have accepted. The peers must not take that for an end. */
    @ParameterizedTest
    @MethodSource("transports")
    void closingTheServerResetsBothSides(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, true);
            tunnel.b.getOutputStream().write(1);
            assertEquals(1, tunnel.a.getInputStream().read());
            Rig.get(rig.server.close());
            assertThrows(IOException.class, tunnel.a.getInputStream()::read);
            assertThrows(IOException.class, tunnel.b.getInputStream()::read);
            assertEquals(SpliceEnd.Outcome.A_LOST, tunnel.end().outcome());
        }
    }

    /** Single bytes into a stalled tunnel must not pin a read buffer each. */
    @ParameterizedTest
    @MethodSource("transports")
    void aDribblingWriterPinsLittleMemory(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Tunnel tunnel = tunnel(rig, true);
            var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
            OutputStream out = tunnel.a.getOutputStream();
            long written = 0;
            tunnel.b.setReceiveBufferSize(64 * 1024);
            while (tunnel.legB.queued() < 512 * 1024) {
                out.write(new byte[64 * 1024]);
                written += 64 * 1024;
                long now = written;
                Rig.await(() -> tunnel.splice.aToB() == now);
            }
            long before = metric.usedDirectMemory();
            for (int i = 0; i < 2_000; i++) {
                out.write(1);
                long now = ++written;
                Rig.await(() -> tunnel.splice.aToB() == now);
            }
            long taken = metric.usedDirectMemory() - before;
            assertTrue(tunnel.legB.queued() > 2_000, "the reader was not stalled");
            assertTrue(taken < 4 * MIB, taken + " bytes for 2000");
            Rig.run(tunnel.legA, tunnel.splice::abort);
            assertEquals(written, tunnel.end().aToB());
        }
    }

    /** A peer that has ended and then dies is found although nothing is written to it (epoll; NIO cannot). */
    @Test
    void aHalfClosedPeerThatIsResetIsFound() throws Exception {
        try (Rig rig = new Rig(Transport.EPOLL)) {
            Tunnel tunnel = tunnel(rig, true);
            tunnel.a.shutdownOutput();
            assertEquals(-1, tunnel.b.getInputStream().read());
            tunnel.a.setSoLinger(true, 0);
            tunnel.a.close();
            assertEquals(SpliceEnd.Outcome.A_LOST, tunnel.end().outcome());
            Rig.get(tunnel.legB.closed());
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 1_000; i++) {
                    tunnel.b.getOutputStream().write(1);
                }
            });
        }
    }

    /** Ends that arrive before, while and after two legs are joined, on one loop or by a move from another. */
    @ParameterizedTest
    @MethodSource("transports")
    void losesNoEndAroundTheJoin(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            for (int i = 0; i < 400; i++) {
                Rig.Pair a = rig.accept();
                Rig.Pair b = rig.dial(a.leg(), i % 2 == 0);
                byte[] bytes = random(i % 3 * 30_000);
                BlockingQueue<SpliceEnd> ends = new LinkedBlockingQueue<>();
                var fromA = send(a.peer(), bytes);
                Rig.on(a.leg(), () -> Splice.join(a.leg(), b.leg(), ends::add));
                var fromB = send(b.peer(), bytes);
                assertArrayEquals(bytes, a.peer().getInputStream().readAllBytes());
                assertArrayEquals(bytes, b.peer().getInputStream().readAllBytes());
                CompletableFuture.allOf(fromA, fromB).get(Rig.SECONDS, TimeUnit.SECONDS);
                assertEquals(
                        new SpliceEnd(bytes.length, bytes.length, SpliceEnd.Outcome.FINISHED),
                        ends.poll(Rig.SECONDS, TimeUnit.SECONDS));
                a.peer().close();
                b.peer().close();
            }
        }
    }
}
