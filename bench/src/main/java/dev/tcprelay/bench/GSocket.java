package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** gsocket: gs-netcat at both ends, encrypted end to end, through a gsrnd of this machine. */
final class GSocket implements Contender {
    private static final String SECRET = "benchbenchbenchbenchbe";

    @Override
    public String name() {
        return "gsocket";
    }

    @Override
    public List<String> programs() {
        return List.of("gs-netcat", "gsrnd");
    }

    @Override
    public List<String> versionCommand() {
        return List.of("gs-netcat", "-h");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        int control = Stage.port();
        int entry = Stage.port();
        Child relay = stage.run(stage.relay(), "relay", List.of("gsrnd", "-p", "" + control));
        stage.awaitPort(stage.relay(), control, relay);
        var environment =
                Map.of("GSOCKET_IP", stage.relay().host(), "GSOCKET_PORT", "" + control, "GSOCKET_NO_GREETINGS", "1");
        String target = "" + stage.target().getPort();
        stage.run(
                stage.skeleton(),
                "skeleton",
                environment,
                List.of("gs-netcat", "-s", SECRET, "-l", "-d", "127.0.0.1", "-p", target));
        stage.run(stage.client(), "client", environment, List.of("gs-netcat", "-s", SECRET, "-p", "" + entry));
        return stage.entry(stage.client(), entry);
    }
}
