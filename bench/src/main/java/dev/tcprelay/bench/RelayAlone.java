package dev.tcprelay.bench;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * The relay process alone, between two raw legs: this process has the client's leg and the target has the skeleton's,
 * without end-to-end encryption and without a client's or a skeleton's process.
 */
final class RelayAlone implements Contender {
    static final String NAME = "relay-alone";

    private static final String HOME = "user";

    private final Path script;

    /** @param script the relay command */
    RelayAlone(Path script) {
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
        Path home = relay.home(HOME);
        Child target = TargetProcess.start(stage, home);
        target.exempt();
        RawSession client = new RawSession(home, Role.CLIENT, need -> {});
        ServerId server = new ServerId(RelayCommand.SERVER);
        return new Entry(
                () -> client.open(server),
                new InetSocketAddress(stage.skeleton().host(), TargetProcess.port(target)));
    }
}
