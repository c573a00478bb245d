package dev.tcprelay.systemtests;

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
        Bulk.up(SocksPort.open(forward), GIBIBYTE);
    }

    @Test
    void oneGibibyteDownThroughAForward() throws Exception {
        Bulk.down(SocksPort.open(forward), GIBIBYTE);
    }

    @Test
    void oneGibibyteUpThroughSocks() throws Exception {
        Bulk.up(socks.connect("bulk"), GIBIBYTE);
    }

    @Test
    void oneGibibyteDownThroughSocks() throws Exception {
        Bulk.down(socks.connect("bulk"), GIBIBYTE);
    }
}
