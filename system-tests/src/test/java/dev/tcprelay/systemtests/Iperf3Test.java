package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
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

    private static int forward;

    @BeforeAll
    static void anIperfServer() throws Exception {
        int port = Ports.free();
        Program server = STAGE.start(Invocation.of("iperf3", "-s", "--forceflush", "-B", "127.0.0.1", "-p", "" + port));
        server.awaitLine("Server listening on " + port, 20);
        Network network = Network.shared();
        network.expose("iperf", "127.0.0.1:" + port);
        forward = Ports.free();
        network.clientWith("--forward", forward + ":iperf");
    }

    @ParameterizedTest(name = "iperf3 {0}")
    @ValueSource(strings = {"-P 1", "-R", "--bidir", "-P 8", "-P 8 -R"})
    void bytesPassAndTheReportHasNoError(String options) throws Exception {
        Invocation client = Invocation.of("iperf3", "-c", "127.0.0.1", "-p", "" + forward, "-J", "-t", "2");
        String report = STAGE.run(client.and(options.split(" "))).succeeds().out();
        assertFalse(report.contains("\"error\":"), report);
        List<MatchResult> sums = SUM.matcher(END.split(report)[1]).results().toList();
        assertTrue(sums.size() >= (options.equals("--bidir") ? 4 : 2), report);
        for (MatchResult sum : sums) {
            assertTrue(Long.parseLong(sum.group(2)) > 1_000_000, sum.group(1) + " of " + options + ": " + report);
        }
    }
}
