package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The limits of a relay change with its config file while it runs, and nothing else of it does. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LimitsReloadTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int EXIT_UNREACHABLE = 4;
    private static final String CONFIG = """
            verticles:
              - verticle: relay
                config:
                  directory: %s
                  clients: {host: 127.0.0.1, port: %d}
                  skeletons: {host: 127.0.0.1, port: %d}
                  http: {host: 127.0.0.1, port: %d}
                  limits:
                    sessionsPerUser: %d
            """;

    private static Network network;
    private static int http;

    private static String config(int clientPort, int sessions) {
        return CONFIG.formatted(network.directory(), clientPort, network.skeletonPort(), http, sessions);
    }

    @Test
    void aUserMayHaveAnotherSessionAsSoonAsTheFileSaysSo() throws Exception {
        network = Network.start(STAGE);
        http = Ports.free();
        assertEquals(0, network.node().terminate(20));
        Path file = Files.writeString(STAGE.file("relay.yaml"), config(network.clientPort(), 1));
        Program relay = network.relay().start("run", file.toString());
        relay.awaitLine("^ready", 60);
        Program client = network.clientWith("--socks", "" + Ports.free());
        client.awaitLog("logged in to the relay", 20);

        Result refused = network.client().run("ls").exits(EXIT_UNREACHABLE);
        assertTrue(refused.err().contains("the account has as many sessions as it may have"), refused.err());

        Files.writeString(file, config(network.clientPort(), 2));
        relay.awaitLog("relay has taken its changed config", 20);
        network.client().run("ls").succeeds();

        Files.writeString(file, config(Ports.free(), 3));
        relay.awaitLog("relay.yaml:\\d+:\\d+: .*clients: this cannot change while it runs", 20);
        network.client().run("ls").succeeds();
    }
}
