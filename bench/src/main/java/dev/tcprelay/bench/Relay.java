package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Relay as its users have it: a relay, a skeleton and a client, encrypted end to end. */
final class Relay implements Contender {
    static final String NAME = "relay";

    private static final String HOME = "user";

    private final Path script;

    /** @param script the relay command */
    Relay(Path script) {
        this.script = script;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public List<String> versionCommand() {
        return List.of(script.toString(), "--version");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        var relay = new RelayCommand(script, stage);
        var node = new RelayCommand.Node(stage.directory().resolve("relay"), Stage.port());
        relay.login(HOME, node, relay.serve(node).output());
        relay.expose(HOME);
        return relay.forward(HOME);
    }
}
