package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.Unpooled;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A leg over a unix domain socket keeps the same rules, as far as such sockets have them: on epoll. */
@Timeout(60)
class DomainSocketTest {
    @Test
    void repliesAfterTheHalfClose(@TempDir Path directory) throws Exception {
        try (Rig rig = new Rig(Transport.EPOLL)) {
            Path path = directory.resolve("socket");
            NetServer server = rig.vertx.createNetServer(Sockets.server(16));
            server.connectHandler(socket -> rig.accepted.add(Leg.of(socket)));
            Rig.get(server.listen(SocketAddress.domainSocketAddress(path.toString())));
            SocketChannel peer = rig.keep(SocketChannel.open(StandardProtocolFamily.UNIX));
            peer.connect(UnixDomainSocketAddress.of(path));
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
}
