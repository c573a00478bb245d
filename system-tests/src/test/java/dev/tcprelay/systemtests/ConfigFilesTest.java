package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The config files that the project ships are right, and run. */
class ConfigFilesTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static List<Path> shipped() throws Exception {
        try (Stream<Path> files = Files.list(Stage.top().resolve("conf"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void allAreVerified() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("verify"));
        shipped().forEach(file -> arguments.add(file.toString()));
        RelayCommand.in(STAGE, "verifier").run(arguments.toArray(String[]::new)).succeeds();
    }

    @Test
    void aMistakeIsNamedByFileLineAndColumn() throws Exception {
        Path wrong = STAGE.file("wrong.yaml");
        String text = Files.readString(Stage.top().resolve("conf/client.yaml"));
        Files.writeString(wrong, text.replace("socks:", "sock:"));
        int line = (int) text.substring(0, text.indexOf("socks:")).lines().count();
        Result result = RelayCommand.in(STAGE, "mistaken")
                .run("verify", wrong.toString())
                .exits(2);
        String all = result.out() + result.err();
        assertEquals(true, all.contains(wrong + ":" + line + ":") && all.contains("socks"), all);
    }

    @Test
    void relaySkeletonAndClientInOneProcess() throws Exception {
        Network network = Network.relayOnly(STAGE);
        RelayCommand all = network.client();
        network.login(all, "owner", network.firstPassword(), "--fingerprint", network.fingerprint())
                .succeeds();
        all.run("psk", "new", "web").succeeds();
        assertEquals(0, network.node().terminate(20));

        Target echo = STAGE.keep(Target.echo());
        SocksPort socks = new SocksPort(Ports.free());
        Map<String, Integer> ports = Map.of(
                "port: 7000",
                network.clientPort(),
                "port: 7001",
                network.skeletonPort(),
                "port: 7080",
                Ports.free(),
                "port: 1080",
                socks.port());
        String text = Files.readString(Stage.top().resolve("conf/all-in-one.yaml"));
        for (var port : ports.entrySet()) {
            assertEquals(true, text.contains(port.getKey()), port.getKey());
            text = text.replace(port.getKey(), "port: " + port.getValue());
        }
        Path config = Files.writeString(STAGE.file("all-in-one.yaml"), text.replace("127.0.0.1:8080", echo.address()));
        Program running = all.with("RELAY_DIR", network.directory().toString()).start("run", config.toString());
        running.awaitLine("^ready", 60);
        Eventually.within(20, "the server is served", () -> socks.reply("web") == 0);
        try (Socket connection = socks.connect("web")) {
            connection.getOutputStream().write(42);
            assertEquals(42, connection.getInputStream().read());
        }
        assertEquals(0, running.terminate(20));
    }
}
