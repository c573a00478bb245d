package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.systemtests.FaultRule.Traffic;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy does what its faults say, and without one nothing. */
@Timeout(60)
class FaultProxyTest {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SHORT_MILLIS = 100;
    private static final int MANY = 3_000_000;

    private final Pattern stream = new Pattern(5);
    private ServerSocket server;
    private FaultProxy proxy;
    private Socket near;
    private Socket far;

    @BeforeEach
    void oneConnection() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = new FaultProxy(server.getLocalPort());
        near = connect();
        far = server.accept();
        far.setSoTimeout(PATIENCE_MILLIS);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        near.close();
        far.close();
        proxy.lift();
        Eventually.within(10, "no connection is left", () -> proxy.open() == 0);
        proxy.close();
        server.close();
    }

    private Socket sender(Direction direction) {
        return direction == Direction.UP ? near : far;
    }

    private Socket receiver(Direction direction) {
        return direction == Direction.UP ? far : near;
    }

    @ParameterizedTest
    @EnumSource
    void withoutAFaultHalfCloseLeavesTheOtherDirectionOpen(Direction direction) throws Exception {
        Exchange.send(sender(direction), stream, MANY);
        assertTrue(Received.read(receiver(direction), stream).isWhole(MANY));
        Exchange.send(receiver(direction), stream, MANY);
        assertTrue(Received.read(sender(direction), stream).isWhole(MANY));
        assertEquals(MANY, proxy.passed(Direction.UP));
        assertEquals(MANY, proxy.passed(Direction.DOWN));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, MANY})
    void withoutAFaultAResetPassesBehindAllBytesBeforeIt(int bytes) throws Exception {
        Threads.start("sender", () -> {
            near.getOutputStream().write(stream.bytes(0, bytes));
            FaultyConnection.reset(near);
        });
        assertEquals(new Received(bytes, -1, Received.End.RESET), Received.read(far, stream));
    }

    /** When the proxy's own write has heard of a reset, its reading sees a mere end. */
    @Test
    void aResetIsPassedWhileBytesGoTheOtherWay() throws Exception {
        Sending writer = Exchange.send(near, stream, Long.MAX_VALUE);
        assertEquals(stream.at(0), (byte) far.getInputStream().read());
        far.setSoLinger(true, 0);
        far.close();
        Eventually.within(10, "a write to a connection that was reset fails", () -> !writer.isAlive());
        assertTrue(writer.isBroken());
    }

    @ParameterizedTest
    @EnumSource
    void aCutIsAFinAfterExactlySoManyBytes(Direction direction) throws Exception {
        FaultRule rule = proxy.set(direction, new Fault.Cut(70_000));
        Exchange.send(sender(direction), stream, MANY);
        assertEquals(new Received(70_000, -1, Received.End.EOF), Received.read(receiver(direction), stream));
        assertEquals(1, rule.struck());
        receiver(direction).getOutputStream().write(1);
        assertEquals(1, sender(direction).getInputStream().read(), "the other direction is open");
    }

    @ParameterizedTest
    @EnumSource
    void aResetReachesBothEndsAfterExactlySoManyBytes(Direction direction) throws Exception {
        proxy.set(direction, new Fault.Reset(70_000));
        Sending sending = Exchange.send(sender(direction), stream, MANY);
        assertEquals(new Received(70_000, -1, Received.End.RESET), Received.read(receiver(direction), stream));
        Received back = Received.read(sender(direction), stream).behind(sending, sender(direction));
        assertEquals(new Received(0, -1, Received.End.RESET), back);
    }

    @Test
    void aFlipChangesOneBitOfOneByte() throws Exception {
        proxy.set(Direction.UP, new Fault.Flip(3));
        Exchange.send(near, stream, 10);
        byte[] expected = stream.bytes(0, 10);
        expected[3] ^= 4;
        assertArrayEquals(expected, far.getInputStream().readAllBytes());
    }

    @ParameterizedTest
    @EnumSource
    void aHolePassesNothingAndLiftedEverything(Direction direction) throws Exception {
        FaultRule rule = proxy.set(direction, new Fault.Hole(5));
        Exchange.send(sender(direction), stream, MANY);
        assertArrayEquals(
                stream.bytes(0, 5), receiver(direction).getInputStream().readNBytes(5));
        rule.awaitStrike(10);
        receiver(direction).setSoTimeout(SHORT_MILLIS);
        assertThrows(
                SocketTimeoutException.class,
                () -> receiver(direction).getInputStream().read());
        proxy.lift();
        receiver(direction).setSoTimeout(PATIENCE_MILLIS);
        byte[] rest = receiver(direction).getInputStream().readAllBytes();
        assertArrayEquals(stream.bytes(5, MANY - 5), rest);
    }

    @Test
    void aHoleHoldsEndsToo() throws Exception {
        FaultRule rule = proxy.set(Direction.UP, new Fault.Hole(0));
        near.shutdownOutput();
        rule.awaitStrike(10);
        far.setSoTimeout(SHORT_MILLIS);
        assertThrows(SocketTimeoutException.class, () -> far.getInputStream().read());
        proxy.lift();
        far.setSoTimeout(PATIENCE_MILLIS);
        assertEquals(-1, far.getInputStream().read());
    }

    @Test
    void slicesDelaysAndLateEndsLoseNothing() throws Exception {
        proxy.set(Direction.UP, new Fault.Slices(10, 3000));
        proxy.set(Direction.DOWN, new Fault.Delay(Duration.ofMillis(1)));
        Exchange.send(near, stream, MANY);
        Exchange.send(far, stream, MANY);
        assertTrue(Received.read(far, stream).isWhole(MANY));
        assertTrue(Received.read(near, stream).isWhole(MANY));
        near.close();
        near = connect();
        far = server.accept();
        FaultRule late = proxy.set(Direction.UP, new Fault.LateEnd(Duration.ofMillis(SHORT_MILLIS)));
        Exchange.send(near, stream, 1);
        assertTrue(Received.read(far, stream).isWhole(1));
        assertEquals(1, late.struck());
    }

    @Test
    void aFaultMayConcernSomeConnectionsOnly() throws Exception {
        FaultRule rule = proxy.set(Direction.UP, new Fault.Cut(2), Traffic.LEG, 1);
        for (byte[] sent : new byte[][] {{1, 2, 3}, {2, 1, 0}, {2, 2, 2}}) {
            try (Socket next = connect();
                    Socket accepted = server.accept()) {
                next.getOutputStream().write(sent);
                next.shutdownOutput();
                boolean firstLeg = sent[0] == 2 && sent[1] == 1;
                assertEquals(
                        firstLeg ? 2 : sent.length, accepted.getInputStream().readAllBytes().length);
            }
        }
        assertEquals(1, rule.struck());
    }

    @Test
    void theEntranceIsClosedAndOpenedAgain() throws Exception {
        proxy.entrance(FaultProxy.Entrance.REFUSING);
        assertThrows(ConnectException.class, this::connect);
        proxy.lift();
        proxy.entrance(FaultProxy.Entrance.CLOSING);
        try (Socket closed = connect()) {
            assertEquals(-1, closed.getInputStream().read());
        }
        proxy.entrance(FaultProxy.Entrance.SILENT);
        try (Socket silent = connect()) {
            silent.setSoTimeout(SHORT_MILLIS);
            assertThrows(
                    SocketTimeoutException.class, () -> silent.getInputStream().read());
            proxy.lift();
            try (Socket accepted = server.accept()) {
                accepted.getOutputStream().write(1);
                assertEquals(1, silent.getInputStream().read());
            }
        }
    }
}
