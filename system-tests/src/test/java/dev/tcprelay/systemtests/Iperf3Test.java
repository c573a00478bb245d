package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** iperf3, whose control connection and streams must all arrive at the same server; its figures belong to bench/. */
class Iperf3Test {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    /** The sums in its report, as its own indentation has them: what was sent and received, each way. */
    private static final Pattern SUM =
            Pattern.compile("^\t\t\"(sum_\\w+)\":\\s*\\{[^}]*?\"bytes\":\\s*(\\d+)", Pattern.MULTILINE);

    private static final Pattern END = Pattern.compile("^\t\"end\":", Pattern.MULTILINE);

    private static int port;
    private static int forward;
    private static Path proxychains;

    @BeforeAll
    static void anIperfServer() throws Exception {
        port = Ports.free();
        Program server = STAGE.start(Invocation.of("iperf3", "-s", "--forceflush", "-B", "127.0.0.1", "-p", "" + port));
        server.awaitLine("Server listening on " + port, 20);
        Network network = Network.shared();
        network.expose("iperf", "127.0.0.1:" + port);
        forward = Ports.free();
        SocksPort socks = new SocksPort(Ports.free());
        network.clientWith("--socks", "" + socks.port(), "--forward", forward + ":iperf");
        proxychains = Files.writeString(STAGE.file("proxychains.conf"), """
                strict_chain
                proxy_dns
                [ProxyList]
                socks5 127.0.0.1 %d
                """.formatted(socks.port()));
    }

    @ParameterizedTest(name = "iperf3 {0}")
    @ValueSource(strings = {"-P 1", "-R", "-P 8", "-P 8 -R"})
    void throughAForward(String options) throws Exception {
        Invocation client = Invocation.of("iperf3", "-c", "127.0.0.1", "-p", "" + forward, "-J", "-t", "2");
        assertPassed(2, client.and(options.split(" ")));
    }

    /**
     * Both ends tell the two directions apart by the order in which they are connected. A forward cannot keep it, since
     * it accepts before the server does; through SOCKS the first is with the server before the client opens the second.
     */
    @Test
    void bothWaysAtOnceThroughSocks() throws Exception {
        Invocation proxied = Invocation.of("proxychains4", "-q", "-f", proxychains.toString());
        assertPassed(4, proxied.and("iperf3", "-c", "iperf", "-p", "" + port, "-J", "-t", "2", "--bidir"));
    }

    private static void assertPassed(int wanted, Invocation client) throws Exception {
        String report = STAGE.run(client).succeeds().out();
        assertFalse(report.contains("\"error\":"), report);
        List<MatchResult> sums = SUM.matcher(END.split(report)[1]).results().toList();
        assertEquals(wanted, sums.size(), report);
        for (MatchResult sum : sums) {
            assertTrue(Long.parseLong(sum.group(2)) > 1_000_000, sum.group(1) + ": " + report);
        }
    }
}
