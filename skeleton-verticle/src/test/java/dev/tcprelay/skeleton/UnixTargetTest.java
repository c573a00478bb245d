package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import dev.tcprelay.protocol.wire.CloseCode;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server on a Unix socket, on every transport. */
@Timeout(60)
class UnixTargetTest {
    @TempDir
    private Path directory;

    private Path socket;
    private ServerSocketChannel listener;
    private Rig rig;

    private static Stream<Transport> transports() {
        return Stream.of(Transport.NIO, Transport.EPOLL).filter(Transport::available);
    }

    private void open(Transport transport) throws Exception {
        rig = new Rig(
                Vertx.builder()
                        .withTransport(transport)
                        .with(new VertxOptions())
                        .build(),
                directory.resolve("home"));
        socket = directory.resolve("a socket");
        rig.web.put("target", "unix:" + socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), 1);
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
        rig.close();
    }

    private FakeClient client() throws Exception {
        rig.serve();
        return FakeClient.open(rig.relay.leg(), Rig.WEB, rig.psk, TargetRequest.defaultTarget());
    }

    private static byte[] readAll(SocketChannel from) throws Exception {
        ByteBuffer all = ByteBuffer.allocate(1000);
        while (from.read(all) >= 0) {
            // Until the end.
        }
        byte[] bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void halfClosesBothWays(Transport transport) throws Exception {
        open(transport);
        FakeClient client = client();
        try (SocketChannel server = listener.accept()) {
            assertEquals(Outcome.OK, client.result());
            client.send(TunnelRecord.DATA, new byte[] {1, 2, 3});
            client.end();
            assertArrayEquals(new byte[] {1, 2, 3}, readAll(server));
            server.write(ByteBuffer.wrap(new byte[] {4, 5}));
            server.shutdownOutput();
            assertArrayEquals(new byte[] {4, 5}, client.receiveAll());
        }
        rig.logged(Level.INFO, "finished, 3 bytes to the server, 2 bytes to the client");
    }

    /** The server's end first, then a long rest of the client's bytes. */
    @ParameterizedTest
    @MethodSource("transports")
    void theServersEndEndsOnlyItsOwnDirection(Transport transport) throws Exception {
        open(transport);
        FakeClient client = client();
        try (SocketChannel server = listener.accept()) {
            assertEquals(Outcome.OK, client.result());
            server.write(ByteBuffer.wrap(new byte[] {4, 5}));
            server.shutdownOutput();
            assertArrayEquals(new byte[] {4, 5}, client.receiveAll());
            client.send(TunnelRecord.DATA, new byte[] {1, 2, 3});
            client.end();
            assertArrayEquals(new byte[] {1, 2, 3}, readAll(server));
        }
        rig.logged(Level.INFO, "finished");
    }

    /** A Unix socket knows no RST, but its kernel tells this. */
    @ParameterizedTest
    @MethodSource("transports")
    void aServerThatClosesWithoutReadingEverythingAborts(Transport transport) throws Exception {
        open(transport);
        FakeClient client = client();
        try (SocketChannel server = listener.accept()) {
            assertEquals(Outcome.OK, client.result());
            client.send(TunnelRecord.DATA, new byte[] {1, 2, 3});
            ByteBuffer one = ByteBuffer.allocate(1);
            assertEquals(1, server.read(one));
        }
        assertArrayEquals(new byte[] {(byte) TunnelRecord.CLOSE.type(), CloseCode.ABORTED.code()}, client.receive());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aSocketThatIsGoneIsRefused(Transport transport) throws Exception {
        open(transport);
        Files.delete(socket);
        assertEquals(Outcome.REFUSED, client().result());
        rig.logged(Level.INFO, "unix:" + socket + " could not be reached (REFUSED): No such file or directory");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aSocketOnWhichNobodyListensIsRefused(Transport transport) throws Exception {
        open(transport);
        listener.close();
        assertEquals(Outcome.REFUSED, client().result());
        rig.logged(Level.INFO, "Connection refused");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPathThroughAFileIsUnreachable(Transport transport) throws Exception {
        open(transport);
        rig.web.put("target", "unix:" + socket + "/x");
        assertEquals(Outcome.UNREACHABLE, client().result());
        rig.logged(Level.INFO, "Not a directory");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aServerWhoseQueueStaysFullTimesOut(Transport transport) throws Exception {
        open(transport);
        rig.web.put("connectTimeout", "300ms");
        List<SocketChannel> ahead = fillTheQueue();
        assertEquals(Outcome.TIMED_OUT, client().result());
        for (SocketChannel one : ahead) {
            one.close();
        }
    }

    /** Where TCP's kernel tries again, here the skeleton does. */
    @ParameterizedTest
    @MethodSource("transports")
    void aServerWhoseQueueIsFullIsWaitedFor(Transport transport) throws Exception {
        open(transport);
        List<SocketChannel> ahead = fillTheQueue();
        FakeClient client = client();
        for (SocketChannel one : ahead) {
            one.close();
            listener.accept().close();
        }
        assertEquals(Outcome.OK, client.result());
    }

    /** Two connections fill a queue of one. */
    private List<SocketChannel> fillTheQueue() throws Exception {
        List<SocketChannel> ahead = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ahead.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        }
        return ahead;
    }
}
