package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Crashes and restarts: everybody finds back by himself, and every command ends when it is asked to. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestartTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int RELAY_DOWN = 3;
    private static final int NOT_AVAILABLE = 4;
    private static final int EXIT_UNREACHABLE = 4;
    private static final int SIGTERM = 128 + 15;

    /** Longest pause between two tries after a short outage, and the work itself. */
    private static final long SECONDS_TO_COME_BACK = 40;

    /** A refused connection is known at once. */
    private static final long SECONDS_TO_SAY_SO = 15;

    private static Network network;
    private static Program serving;
    private static Program client;
    private static SocksPort socks;

    @BeforeAll
    static void aRelayWithAServerAndAClient() throws Exception {
        network = Network.start(STAGE);
        serving = network.expose("web", STAGE.keep(Target.echo()).address());
        socks = new SocksPort(Ports.free());
        client = network.clientWith("--socks", "" + socks.port());
    }

    @Test
    @Order(1)
    void aRelayThatWasKilledIsFoundAgainByBothSides() throws Exception {
        assertEchoes();
        network.node().kill();
        Eventually.within(10, "the client tells that the relay is down", () -> socks.reply("web") == RELAY_DOWN);
        network.client().start("ls").result(SECONDS_TO_SAY_SO).exits(EXIT_UNREACHABLE);
        network.startNode().awaitLine("^ready", 60);
        network.awaitList(SECONDS_TO_COME_BACK, "web");
        Eventually.within(SECONDS_TO_COME_BACK, "the client is back", () -> socks.reply("web") == 0);
        assertEchoes();
    }

    @Test
    @Order(2)
    void aSkeletonThatWasKilledTakesItsIdAlongAndBringsItBack() throws Exception {
        serving.kill();
        network.awaitList(10);
        assertEquals(NOT_AVAILABLE, socks.reply("web"));
        serving = network.serve("web", STAGE.keep(Target.echo()).address());
        network.awaitList(10, "web");
        assertEchoes();
    }

    @Test
    @Order(3)
    void aClientThatWasKilledLeavesNobodyElseWithTrouble() throws Exception {
        try (Socket tunnel = socks.connect("web")) {
            client.kill();
            assertEquals(true, ended(tunnel), "the application learns it");
        }
        client = network.clientWith("--socks", "" + socks.port());
        assertEchoes();
    }

    private static boolean ended(Socket tunnel) {
        try {
            return tunnel.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @Order(4)
    void everyCommandEndsWhenAskedTo() throws Exception {
        Program stdio = STAGE.start(network.client().invocation("stdio", "web").raw());
        stdio.in().write(42);
        stdio.in().flush();
        assertEquals(42, stdio.out().read());
        assertEquals(SIGTERM, stdio.terminate(20), "stdio has not done what it was for");
        assertEquals(0, client.terminate(20), "client");
        assertEquals(0, interrupt(serving), "expose");
        network.awaitList(10);
        assertEquals(0, network.node().terminate(20), "serve");
    }

    /** As Ctrl-C does. */
    private static int interrupt(Program program) throws Exception {
        STAGE.run(Invocation.bash("kill -INT " + program.process().pid())).succeeds();
        return program.result(20).code();
    }

    private static void assertEchoes() throws IOException {
        try (Socket tunnel = socks.connect("web")) {
            tunnel.getOutputStream().write(42);
            assertEquals(42, tunnel.getInputStream().read());
        }
    }
}
