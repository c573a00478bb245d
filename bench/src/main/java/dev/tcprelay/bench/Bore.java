package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;

/** bore: a server with a port for whoever connects, and a client beside the target; no encryption. */
final class Bore implements Contender {
    /** It has no other. */
    private static final int CONTROL = 7835;

    @Override
    public String name() {
        return "bore";
    }

    @Override
    public List<String> programs() {
        return List.of("bore");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        int entry = Stage.port();
        String host = stage.relay().host();
        String range = "" + entry;
        Child relay = stage.run(
                stage.relay(),
                "relay",
                List.of("bore", "server", "--min-port", range, "--max-port", range, "--bind-addr", host));
        stage.awaitPort(stage.relay(), CONTROL, relay);
        String target = "" + stage.target().getPort();
        List<String> local =
                List.of("bore", "local", target, "--local-host", "127.0.0.1", "--to", host, "--port", range);
        stage.run(stage.skeleton(), "skeleton", local);
        return stage.entry(stage.relay(), entry);
    }
}
