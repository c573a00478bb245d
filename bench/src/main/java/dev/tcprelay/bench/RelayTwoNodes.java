package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Relay over two nodes of a cluster: the client is at the first, the skeleton at the second. */
final class RelayTwoNodes implements Contender {
    static final String NAME = "relay-two-nodes";

    private static final String CLIENT = "client";
    private static final String SKELETON = "skeleton";

    private final Path script;

    /** @param script the relay command */
    RelayTwoNodes(Path script) {
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
        RelayCommand relay = new RelayCommand(script, stage);
        return join(relay, RelayCluster.start(relay));
    }

    /** Skeleton and client, when the nodes run. */
    static Entry join(RelayCommand relay, RelayCluster cluster) throws IOException, InterruptedException {
        relay.login(CLIENT, cluster.first(), cluster.introduction());
        relay.login(SKELETON, cluster.second(), cluster.introduction());
        relay.expose(SKELETON);
        Path psk = Path.of("psk", RelayCommand.SERVER + ".psk");
        Path copy = relay.home(CLIENT).resolve(psk);
        Files.createDirectories(copy.getParent());
        Files.copy(skeletonHome(relay).resolve(psk), copy);
        return relay.forward(CLIENT);
    }

    /** With the login of the skeleton, at the second node. */
    static Path skeletonHome(RelayCommand relay) {
        return relay.home(SKELETON);
    }
}
