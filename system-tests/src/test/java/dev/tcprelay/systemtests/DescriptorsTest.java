package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes that may not open as many descriptors as they would need: ulimit -n. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DescriptorsTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int LIMIT = 300;
    private static final int CONNECTIONS = 400;
    private static final int UNREACHABLE = 4;
    private static final String TOO_FEW = "of " + LIMIT + " descriptors are open: ";
    private static final String ENOUGH_AGAIN = "of " + LIMIT + " descriptors are open: enough again";

    private static Network network;

    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void aRelay() throws Exception {
        network = Network.start(STAGE);
    }

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Test
    @Order(3)
    void aRelayStopsAcceptingSaysSoOnceAndGoesOnByItself() throws Exception {
        assertEquals(0, network.node().terminate(20));
        Program relay = network.startNode(LIMIT);
        relay.awaitLine("^ready", 60);
        relay.awaitLog("relay: room for \\d+ tunnels, 2 descriptors each; the limit is 300", 5);
        network.expose("site", STAGE.keep(Target.echo()).address());
        Socket running = network.socks().connect("site");
        assertEchoes(running);
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.add(SocksPort.open(network.clientPort()));
        }
        relay.awaitLog(TOO_FEW + "no connection is accepted until some are free. Raise the limit: ulimit -n", 20);
        Duration before = cpu(relay);
        long since = System.nanoTime();
        assertEchoes(running);
        // Those that have been accepted are closed after 10 s without a login, and the next ones take their places.
        relay.awaitLog(ENOUGH_AGAIN, 90);
        assertEchoes(running);
        double share = (double) cpu(relay).minus(before).toNanos() / (System.nanoTime() - since);
        assertTrue(share < 0.5, "busy waiting: " + share + " of a core");
        network.client().run("ls").succeeds();
        assertEquals(2, linesWith(relay, "descriptors are open"), relay.errors().text());
        assertEquals(0, linesWith(relay, "Too many open files"), relay.errors().text());
        running.close();
    }

    @Test
    @Order(1)
    void aSkeletonRefusesTunnelsAndServesAgainWhenOthersHaveEnded() throws Exception {
        network.share("many");
        String target = STAGE.keep(Target.echo()).address();
        Program skeleton = STAGE.start(
                network.skeleton().invocation("expose", "many", target).descriptors(LIMIT));
        skeleton.awaitLine("serving many", 60);
        skeleton.awaitLog("skeleton: room for \\d+ tunnels", 5);
        SocksPort socks = network.socks();
        Socket first = socks.connect("many");
        while (openTo(socks)) {
            assertTrue(sockets.size() < LIMIT, "never refused");
        }
        assertEchoes(first);
        assertEquals(UNREACHABLE, socks.reply("many"));
        assertTrue(skeleton.errors().text().contains(TOO_FEW + "no target is connected to until some are free"));
        closeSockets();
        Eventually.within(30, "it serves again", () -> socks.reply("many") == 0);
        assertEchoes(first);
        assertEquals(
                0, linesWith(skeleton, "Too many open files"), skeleton.errors().text());
        first.close();
    }

    private boolean openTo(SocksPort socks) throws IOException {
        Socket socket = SocksPort.open(socks.port());
        sockets.add(socket);
        return SocksPort.request(socket, "many") == 0;
    }

    @Test
    @Order(2)
    void aClientLeavesApplicationsWaitingAndTakesThemWhenOthersHaveEnded() throws Exception {
        network.expose("web", STAGE.keep(Target.echo()).address());
        SocksPort socks = new SocksPort(Ports.free());
        Program client = STAGE.start(network.client()
                .invocation("client", "--socks", "" + socks.port())
                .descriptors(LIMIT));
        client.awaitLine("^ready", 60);
        client.awaitLog("client: room for \\d+ tunnels", 5);
        Socket running = socks.connect("web");
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.add(SocksPort.open(socks.port()));
        }
        client.awaitLog(TOO_FEW + "no connection is accepted until some are free", 20);
        assertEchoes(running);
        closeSockets();
        assertEquals(0, socks.reply("web"));
        assertEchoes(running);
        assertEquals(
                0, linesWith(client, "Too many open files"), client.errors().text());
        running.close();
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }

    private static Duration cpu(Program program) {
        return program.process().info().totalCpuDuration().orElseThrow();
    }

    private static long linesWith(Program program, String text) {
        return program.errors()
                .text()
                .lines()
                .filter(line -> line.contains(text))
                .count();
    }
}
