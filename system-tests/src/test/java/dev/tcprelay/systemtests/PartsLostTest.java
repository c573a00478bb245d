package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each process in turn is killed, or stopped for a while, under traffic: the others notice in time, go on by
 * themselves, and hold nothing of it. A process that was only stopped goes on with its tunnels.
 */
@Timeout(value = 150, unit = TimeUnit.SECONDS)
class PartsLostTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String[] LIMITS = {"pingInterval: 1s", "silence: 3s"};
    private static final long BYTES = 300_000;
    private static final long SECONDS_TO_RECOVER = 60;
    private static final int REFUSED = 5;
    /** The relay's are shortened. */
    private static final long SECONDS_OF_THE_RELAY = 30;
    /** What docs/protocol.md, M17, says, and some time for a machine that is busy. */
    private static final long SECONDS_OF_CLIENT_AND_SKELETON = 35;

    private static Lanes lanes;
    private static Lane lane;
    private static long number;

    @BeforeAll
    static void oneLane() throws Exception {
        lanes = Lanes.start(STAGE, 1, 1, LIMITS);
        lane = lanes.all().get(0);
    }

    @AfterEach
    void allIsWellAgainByItself() throws Exception {
        number += 1000;
        lane.awaitRecovery(number, BYTES, SECONDS_TO_RECOVER);
        lanes.assertNothingIsLeft();
    }

    private static Ends exchange(Exchange.Event halfway) throws Exception {
        number += 1000;
        return lane.run(Exchange.of(number, BYTES), halfway);
    }

    private static void signal(Program program, String name) throws Exception {
        STAGE.run(Invocation.of("kill", "-" + name, "" + program.process().pid()))
                .succeeds();
    }

    /** Stops a process until the others have noticed; its tunnel is whole then. */
    private static void stopped(Program program, Exchange.Event noticed) throws Exception {
        Ends ends = exchange(() -> {
            signal(program, "STOP");
            try {
                noticed.happen();
            } finally {
                signal(program, "CONT");
            }
        });
        assertTrue(ends.areWhole(), ends::toString);
    }

    @Test
    void aStoppedRelayIsNoticedAndItsTunnelsGoOn() throws Exception {
        int clientsLog = lanes.clients().errors().size();
        int skeletonsLog = lanes.skeletons().errors().size();
        stopped(lanes.network().node(), () -> {
            String lost = "lost the relay at .*: nothing was received for 25 s";
            lanes.clients().awaitLog(lost, clientsLog, SECONDS_OF_CLIENT_AND_SKELETON);
            lanes.skeletons().awaitLog(lost, skeletonsLog, SECONDS_OF_CLIENT_AND_SKELETON);
        });
    }

    @Test
    void aStoppedSkeletonLosesItsIdAndItsTunnelsGoOn() throws Exception {
        int relayLog = lanes.network().node().errors().size();
        stopped(lanes.skeletons(), () -> {
            lanes.network()
                    .node()
                    .awaitLog("sam logged out: nothing was received for 3 s", relayLog, SECONDS_OF_THE_RELAY);
            lanes.network().awaitList(SECONDS_OF_THE_RELAY);
        });
    }

    @Test
    void aStoppedClientIsLoggedOutAndItsTunnelsGoOn() throws Exception {
        int relayLog = lanes.network().node().errors().size();
        stopped(
                lanes.clients(),
                () -> lanes.network()
                        .node()
                        .awaitLog("carol logged out: nothing was received for 3 s", relayLog, SECONDS_OF_THE_RELAY));
    }

    @Test
    void aKilledRelayIsAResetForBothEnds() throws Exception {
        Ends ends = exchange(lanes.network().node()::kill);
        ends.assertHonest();
        assertEquals(Received.End.RESET, ends.received(Direction.UP).end(), ends::toString);
        lanes.network().restartNode(LIMITS);
    }

    /** The server's own connection ends as the system closes it. */
    @Test
    void aKilledSkeletonIsAResetForTheApplication() throws Exception {
        int relayLog = lanes.network().node().errors().size();
        Ends ends = exchange(lanes.skeletons()::kill);
        assertTrue(ends.application().isHonest(BYTES), ends::toString);
        lanes.network().node().awaitLog("sam logged out", relayLog, SECONDS_OF_THE_RELAY);
        lanes.startSkeletons();
    }

    /** The application's own connection ends as the system closes it. */
    @Test
    void aKilledClientIsAResetForTheServer() throws Exception {
        int relayLog = lanes.network().node().errors().size();
        Ends ends = exchange(lanes.clients()::kill);
        assertEquals(Received.End.RESET, ends.received(Direction.UP).end(), ends::toString);
        assertTrue(ends.received(Direction.UP).isHonest(BYTES), ends::toString);
        lanes.network().node().awaitLog("carol logged out", relayLog, SECONDS_OF_THE_RELAY);
        lanes.startClients();
    }

    /** What TCP tells of a server that is stopped is nothing, and of one that is gone that it refuses. */
    @Test
    void aServerThatIsStoppedIsWaitedForAndOneThatIsKilledRefuses() throws Exception {
        int port = Ports.free();
        Program server = STAGE.start(EchoProgram.at(port));
        server.awaitLine("ready", 20);
        Program serving = lanes.network().expose("echo", "127.0.0.1:" + port);
        SocksPort socks = new SocksPort(Ports.free());
        Program client = lanes.network().clientWith("--socks", "" + socks.port());
        try (Socket tunnel = socks.connect("echo")) {
            assertEchoes(tunnel);
            signal(server, "STOP");
            tunnel.getOutputStream().write(1);
            try (Socket another = socks.connect("echo")) {
                another.getOutputStream().write(2);
                signal(server, "CONT");
                assertEquals(1, tunnel.getInputStream().read());
                assertEquals(2, another.getInputStream().read());
            }
            server.kill();
            assertTrue(hasEnded(tunnel));
        }
        assertEquals(REFUSED, socks.reply("echo"));
        STAGE.start(EchoProgram.at(port)).awaitLine("ready", 20);
        try (Socket tunnel = socks.connect("echo")) {
            assertEchoes(tunnel);
        }
        client.terminate(20);
        serving.terminate(20);
        lanes.network().awaitList(20, lane.id());
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }

    private static boolean hasEnded(Socket tunnel) {
        try {
            return tunnel.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
