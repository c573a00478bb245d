package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reset of one end is a reset of the other one, after exactly the bytes before it, however slowly they are read. */
@Timeout(60)
class ResetTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int PIECE = 16 * 1024;
    /** Small, so that what is not read waits on the way. */
    private static final int RECEIVE_BUFFER = 32 * 1024;

    private static final int PATIENCE_MILLIS = 20_000;

    private final Pattern stream = new Pattern(9);
    private static ServerSocket server;
    private static int forward;

    @BeforeAll
    static void aServerThatIsTheTest() throws Exception {
        Network network = Network.shared();
        server = new ServerSocket();
        server.setReceiveBufferSize(RECEIVE_BUFFER);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        network.expose("resets", "127.0.0.1:" + server.getLocalPort());
        forward = Ports.free();
        network.clientWith("--forward", forward + ":resets");
    }

    @AfterAll
    static void close() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "DOWN, 0, 0", "DOWN, 1, 0", "DOWN, 65535, 5", "DOWN, 1048576, 0", "DOWN, 1048576, 60",
        "UP, 0, 0", "UP, 1, 0", "UP, 65535, 5", "UP, 1048576, 0", "UP, 1048576, 60"
    })
    void arrivesAfterExactlyTheBytesBeforeIt(Direction direction, int bytes, long millisForAPiece) throws Exception {
        try (Socket application = new Socket()) {
            application.setReceiveBufferSize(RECEIVE_BUFFER);
            application.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), forward));
            try (Socket target = server.accept()) {
                Socket sender = direction == Direction.UP ? application : target;
                Socket receiver = direction == Direction.UP ? target : application;
                Threads.start("sender", () -> {
                    sender.getOutputStream().write(stream.bytes(0, bytes));
                    FaultyConnection.reset(sender);
                });
                receiver.setSoTimeout(PATIENCE_MILLIS);
                assertEquals(new Received(bytes, -1, Received.End.RESET), readSlowly(receiver, millisForAPiece));
            }
        }
    }

    private Received readSlowly(Socket from, long millisForAPiece) throws IOException {
        long bytes = 0;
        long wrongAt = -1;
        InputStream in = from.getInputStream();
        try {
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                wrongAt = wrongAt >= 0 ? wrongAt : stream.difference(piece, n, bytes);
                bytes += n;
                LockSupport.parkNanos(millisForAPiece * 1_000_000);
            }
            return new Received(bytes, wrongAt, Received.End.EOF);
        } catch (IOException e) {
            return new Received(bytes, wrongAt, Received.End.RESET);
        }
    }
}
