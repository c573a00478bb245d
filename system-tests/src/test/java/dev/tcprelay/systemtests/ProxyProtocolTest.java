package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A real HAProxy tells a node where people come from (docs/protocol.md, M71), rightly or not. It connects from an
 * address of its own; people come from 127.0.0.1 and others. Every kind of header is tried in ForwardedTest.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ProxyProtocolTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String PEOPLE = "127.0.0.1";
    private static final String BALANCER = "127.0.0.9";
    private static final String STRANGER = "127.0.0.5";
    private static final String TELLS_SOURCES = "send-proxy-v2";
    private static final int UNREACHABLE = 4;
    private static final int OF_A_SOURCE = 3;
    /** Of the program, not of what is tested: long, so that what waits unauthenticated waits until it is closed. */
    private static final int PATIENCE_MILLIS = 60_000;

    /** The first byte of HELLO. */
    private static final int GREETING = 'T';

    private static final int CLOSED = -1;
    private static final String CONFIG = """
            verticles:
              - verticle: relay
                config:
                  directory: %s
                  clients: {host: 127.0.0.1, port: %d, publicPort: %d, proxyProtocol: {from: [%s]}}
                  skeletons: {host: 127.0.0.1, port: %d, publicPort: %d, proxyProtocol: {from: [%s]}}
                  http: {host: 127.0.0.1, port: %d, publicPort: %d}
                  admin: {host: 127.0.0.1, port: %d, socket: %s}
                  limits: {unauthenticatedPerSource: %d, authentication: 5 min}
            """;

    private static Network network;
    private static ClusterNode node;

    /** Carol and sam log in before there is a balancer: their homes know the ports that it will have. */
    @BeforeAll
    static void aNodeThatExpectsABalancer() throws Exception {
        network = Network.start(STAGE);
        network.share("echo");
        network.node().terminate(20);
        Path sockets = Files.createTempDirectory("relay");
        STAGE.keep(() -> Files.delete(sockets));
        Path socket = sockets.resolve("s");
        STAGE.keep(() -> Files.deleteIfExists(socket));
        NodeAddress at = NodeAddress.local("node-0");
        node = new ClusterNode(network.relay(), at, socket);
        Files.writeString(
                node.config(),
                CONFIG.formatted(
                        network.directory(),
                        at.clients(),
                        network.clientPort(),
                        BALANCER,
                        at.skeletons(),
                        network.skeletonPort(),
                        BALANCER,
                        at.http(),
                        network.httpPort(),
                        at.admin(),
                        socket,
                        OF_A_SOURCE));
        node.start();
        node.awaitReady();
    }

    private static Program balancer(String from, String send) throws Exception {
        HaProxy balancer = HaProxy.start(STAGE, network, List.of(node), "source " + from + " " + send);
        balancer.awaitUp(List.of(node));
        return balancer.program();
    }

    /** A connection from that address, on which whoever answers has nothing to hear yet. */
    private static Socket connect(String from, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** {@link #GREETING}, or {@link #CLOSED} by whatever means. */
    private static int first(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException e) {
            assertTrue(e.getMessage().contains("reset"), e.getMessage());
            return CLOSED;
        }
    }

    private static int greeting(String from) throws IOException {
        try (Socket socket = connect(from, network.clientPort())) {
            return first(socket);
        }
    }

    /** As many as that source may have; they wait at the relay. */
    private static List<Socket> allOf(String source) throws IOException {
        List<Socket> all = new ArrayList<>();
        while (all.size() < OF_A_SOURCE) {
            Socket next = connect(source, network.clientPort());
            all.add(next);
            assertEquals(GREETING, first(next), "connection " + all.size() + " of " + source);
        }
        return all;
    }

    private static long count(String name) throws IOException {
        String status = node.status();
        var count = Pattern.compile('"' + name + "\":(\\d+)").matcher(status);
        assertTrue(count.find(), status);
        return Long.parseLong(count.group(1));
    }

    private static void awaitNobodyWaits() throws Exception {
        Eventually.within(30, "nobody waits unauthenticated", () -> count("unauthenticated") == 0);
    }

    @Test
    void theLogNamesWhoeverCameAndTunnelsPass() throws Exception {
        try (Program balancer = balancer(BALANCER, TELLS_SOURCES);
                Target target = Target.echo();
                Program serving = network.serve("echo", target.address())) {
            SocksPort port = new SocksPort(Ports.free());
            try (Program client = network.clientWith("--socks", "" + port.port());
                    Socket tunnel = port.connect("echo")) {
                tunnel.getOutputStream().write(42);
                assertEquals(42, tunnel.getInputStream().read());
            }
            Program relay = node.program();
            relay.awaitLog("audit sam logged in from " + Pattern.quote(PEOPLE) + " as a skeleton", 20);
            relay.awaitLog("audit carol logged in from " + Pattern.quote(PEOPLE) + " as a client", 20);
            assertFalse(relay.errors().text().contains(BALANCER), "the balancer is somebody's source");
        }
    }

    @Test
    void aSourceThatHasAsManyConnectionsAsItMayHaveIsInNobodyElsesWay() throws Exception {
        try (Program balancer = balancer(BALANCER, TELLS_SOURCES)) {
            awaitNobodyWaits();
            List<Socket> strangers = allOf(STRANGER);
            long shed = count("shed");
            assertEquals(CLOSED, greeting(STRANGER));
            assertEquals(shed + 1, count("shed"));
            network.client().run("ls").succeeds();
            for (Socket each : strangers) {
                each.close();
            }
            awaitNobodyWaits();

            List<Socket> people = allOf(PEOPLE);
            network.client().run("ls").exits(UNREACHABLE);
            assertEquals(GREETING, greeting(STRANGER));
            for (Socket each : people) {
                each.close();
            }
            awaitNobodyWaits();
            network.client().run("ls").succeeds();
        }
    }

    /** Its header is garbage like any: whoever may send one may choose its source. */
    @Test
    void aBalancerThatIsNotListedGetsNobodyIn() throws Exception {
        try (Program balancer = balancer(STRANGER, TELLS_SOURCES)) {
            assertRefused("strangers", 1);
        }
    }

    /** It waits for what the relay says, and the relay for a header. */
    @Test
    void aListedBalancerWithoutHeaderGetsNobodyIn() throws Exception {
        try (Program balancer = balancer(BALANCER, "")) {
            String told = assertRefused("headersRefused", 0);
            assertTrue(told.contains("did not greet"), told);
            long refused = count("headersRefused");
            try (Socket talker = connect(PEOPLE, network.clientPort())) {
                talker.getOutputStream().write(GREETING);
                assertEquals(CLOSED, first(talker));
            }
            assertEquals(refused + 1, count("headersRefused"));
        }
    }

    /** @return what carol is told */
    private static String assertRefused(String counter, int atLeast) throws Exception {
        long before = count(counter);
        long logins = count("logins");
        int lines = node.program().errors().text().length();
        String told = network.client().run("ls").exits(UNREACHABLE).err();
        awaitNobodyWaits();
        assertEquals(logins, count("logins"));
        assertTrue(count(counter) >= before + atLeast, counter);
        assertEquals("", node.program().errors().text().substring(lines), "what the relay logs of it");
        return told;
    }
}
