package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More bytes than any buffer or heap of the processes could hold, with equal checksums at both ends. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class BulkTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final Content GIBIBYTE = Content.generated(1L << 30);

    private static SocksPort socks;
    private static int forward;

    @BeforeAll
    static void aServerThatTakesAndGives() throws Exception {
        Network network = Network.shared();
        network.expose("bulk", STAGE.keep(Target.bulk()).address());
        socks = new SocksPort(Ports.free());
        forward = Ports.free();
        network.clientWith("--socks", "" + socks.port(), "--forward", forward + ":bulk");
    }

    @Test
    void oneGibibyteUpThroughAForward() throws Exception {
        up(SocksPort.open(forward));
    }

    @Test
    void oneGibibyteDownThroughAForward() throws Exception {
        down(SocksPort.open(forward));
    }

    @Test
    void oneGibibyteUpThroughSocks() throws Exception {
        up(socks.connect("bulk"));
    }

    @Test
    void oneGibibyteDownThroughSocks() throws Exception {
        down(socks.connect("bulk"));
    }

    private static void up(Socket connection) throws IOException {
        try (connection) {
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
            out.writeLong(0);
            Content.write(out, GIBIBYTE.length());
            out.flush();
            connection.shutdownOutput();
            DataInputStream in = new DataInputStream(connection.getInputStream());
            assertEquals(GIBIBYTE, new Content(in.readLong(), in.readUTF()));
            assertEquals(-1, in.read());
        }
    }

    private static void down(Socket connection) throws IOException {
        try (connection) {
            new DataOutputStream(connection.getOutputStream()).writeLong(GIBIBYTE.length());
            assertEquals(GIBIBYTE, Content.read(connection.getInputStream()));
        }
    }
}
