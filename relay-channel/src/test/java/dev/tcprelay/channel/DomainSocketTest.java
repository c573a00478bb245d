package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.Unpooled;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A leg over a unix domain socket keeps the same rules, as far as such sockets have them. */
@Timeout(60)
class DomainSocketTest {
    private static Stream<Transport> transports() {
        return Rig.transports();
    }

    /** The listening end is Vert.x's. */
    private static SocketChannel peer(Rig rig, Path directory) throws Exception {
        Path path = directory.resolve("socket");
        NetServer server = rig.vertx.createNetServer(Sockets.server(16));
        server.connectHandler(socket -> rig.accepted.add(Leg.of(socket)));
        Rig.get(server.listen(SocketAddress.domainSocketAddress(path.toString())));
        SocketChannel peer = rig.keep(SocketChannel.open(StandardProtocolFamily.UNIX));
        peer.connect(UnixDomainSocketAddress.of(path));
        return peer;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void repliesAfterTheHalfClose(Transport transport, @TempDir Path directory) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SocketChannel peer = peer(rig, directory);
            Leg leg = rig.take();
            Recorder recorder = new Recorder();
            Rig.run(leg, () -> leg.receiver(recorder));
            peer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            peer.shutdownOutput();
            recorder.awaitEnded();
            assertArrayEquals(new byte[] {1, 2, 3}, recorder.bytes.toByteArray());
            byte[] reply = new byte[3 << 20];
            new Random(1).nextBytes(reply);
            Rig.run(leg, () -> {
                leg.write(Unpooled.wrappedBuffer(reply));
                leg.end();
            });
            ByteBuffer got = ByteBuffer.allocate(reply.length + 1);
            while (peer.read(got) >= 0 && got.hasRemaining()) {
                // Until the end.
            }
            got.flip();
            assertEquals(ByteBuffer.wrap(reply), got);
            assertNull(recorder.awaitClosed());
        }
    }

    /** The connecting end is Vert.x's, and the one that half-closes first. */
    @ParameterizedTest
    @MethodSource("transports")
    void hearsTheReplyToItsHalfClose(Transport transport, @TempDir Path directory) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Path path = directory.resolve("socket");
            ServerSocketChannel listener = rig.keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
            listener.bind(UnixDomainSocketAddress.of(path));
            Leg leg = Rig.get(rig.vertx
                    .createNetClient(Sockets.client(Duration.ofSeconds(5)))
                    .connect(SocketAddress.domainSocketAddress(path.toString()))
                    .map(Leg::of));
            SocketChannel peer = rig.keep(listener.accept());
            Recorder recorder = new Recorder();
            Rig.run(leg, () -> {
                leg.receiver(recorder);
                leg.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
                leg.end();
            });
            ByteBuffer got = ByteBuffer.allocate(4);
            while (peer.read(got) >= 0) {
                // Until the end.
            }
            assertEquals(3, got.position());
            byte[] reply = new byte[3 << 20];
            new Random(2).nextBytes(reply);
            ByteBuffer out = ByteBuffer.wrap(reply);
            while (out.hasRemaining()) {
                peer.write(out);
            }
            peer.close();
            recorder.awaitEnded();
            assertNull(recorder.awaitClosed());
            assertArrayEquals(reply, recorder.bytes.toByteArray());
        }
    }

    /** Bytes that came while the leg did not read are there after the peer's end, which comes behind them. */
    @ParameterizedTest
    @MethodSource("transports")
    void theEndWaitsForWhoIsNotReading(Transport transport, @TempDir Path directory) throws Exception {
        try (Rig rig = new Rig(transport)) {
            SocketChannel peer = peer(rig, directory);
            Leg leg = rig.take();
            peer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            peer.shutdownOutput();
            Rig.get(Rig.on(leg, () -> leg.moveTo(rig.otherLoop(leg))));
            Recorder recorder = new Recorder();
            Rig.run(leg, () -> leg.receiver(recorder));
            recorder.awaitEnded();
            assertArrayEquals(new byte[] {1, 2, 3}, recorder.bytes.toByteArray());
            Rig.run(leg, () -> {
                leg.write(Unpooled.wrappedBuffer(new byte[] {4}));
                leg.end();
            });
            ByteBuffer got = ByteBuffer.allocate(2);
            while (peer.read(got) >= 0) {
                // Until the end.
            }
            assertEquals(ByteBuffer.wrap(new byte[] {4}), got.flip());
            assertNull(recorder.awaitClosed());
        }
    }

    /** The one way in which the kernel tells of an abort. */
    @ParameterizedTest
    @MethodSource("transports")
    void aPeerThatClosesWithoutReadingEverythingHasReset(Transport transport, @TempDir Path directory)
            throws Exception {
        try (Rig rig = new Rig(transport)) {
            SocketChannel peer = peer(rig, directory);
            Leg leg = rig.take();
            Recorder recorder = new Recorder();
            Rig.run(leg, () -> {
                leg.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
                leg.flush();
            });
            ByteBuffer first = ByteBuffer.allocate(1);
            assertEquals(1, peer.read(first));
            peer.close();
            Rig.run(leg, () -> leg.receiver(recorder));
            ConnectionLost lost = recorder.awaitClosed();
            assertNotNull(lost);
            assertEquals(ConnectionLost.Kind.RESET, lost.kind());
        }
    }
}
