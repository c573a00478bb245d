package dev.tcprelay.bench;

import dev.tcprelay.bench.RelayCommand.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Two nodes of one relay, joined by Hazelcast. */
final class RelayCluster {
    private static final List<String> SHARED = List.of("relay.key", "relay.pem", "users");
    private static final int KEY = 32;

    private final RelayCommand relay;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Integer> hazelcast = List.of(Stage.port(), Stage.port());
    private final List<Integer> bus = List.of(Stage.port(), Stage.port());
    private final List<Child> processes = new ArrayList<>();
    private String introduction = "";

    private RelayCluster(RelayCommand relay) {
        this.relay = relay;
    }

    /** Makes the files and starts both. */
    static RelayCluster start(RelayCommand relay) throws IOException, InterruptedException {
        RelayCluster cluster = new RelayCluster(relay);
        cluster.makeFiles();
        for (int number = 0; number < 2; number++) {
            cluster.processes.add(cluster.run(number));
        }
        return cluster;
    }

    /** Ends the first node and starts it again; returns when it is ready. */
    void restartFirst() throws IOException, InterruptedException {
        relay.stage().end(processes.get(0));
        processes.set(0, run(0));
    }

    /** Where its client is. */
    Node first() {
        return nodes.get(0);
    }

    /** Where its skeleton is. */
    Node second() {
        return nodes.get(1);
    }

    /** Ports of the event bus. */
    List<Integer> bus() {
        return bus;
    }

    /** What the relay said when its files were made. */
    String introduction() {
        return introduction;
    }

    /** A node on its own makes them, and ends. */
    private void makeFiles() throws IOException, InterruptedException {
        for (int i = 0; i < 2; i++) {
            nodes.add(new Node(relay.stage().directory().resolve("node" + i), Stage.port()));
        }
        Child alone = relay.serve(first());
        introduction = alone.output();
        relay.stage().end(alone);
        byte[] key = new byte[KEY];
        new SecureRandom().nextBytes(key);
        Path file = first().file("cluster.key");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "tcprelay-cluster-1:" + Base64.getEncoder().encodeToString(key) + "\n");
        Files.createDirectory(
                second().directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<String> shared = new ArrayList<>(SHARED);
        shared.addAll(List.of("cluster.key", "owner.password"));
        for (String name : shared) {
            Files.copy(first().file(name), second().file(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private Child run(int number) throws IOException, InterruptedException {
        String host = relay.stage().relay().host();
        List<String> members =
                hazelcast.stream().map(port -> '"' + host + ":" + port + '"').toList();
        Path config = relay.stage()
                .file(
                        "node" + number + ".yaml",
                        "verticles:",
                        "  - verticle: relay",
                        "    config:",
                        "      directory: " + nodes.get(number).directory(),
                        "      clients: {host: " + host + ", port: "
                                + nodes.get(number).clients() + "}",
                        "      skeletons: {host: " + host + ", port: " + Stage.port() + "}",
                        "      http: {host: " + host + ", port: " + Stage.port() + "}",
                        "      drain: {notice: 0s, grace: 0s}",
                        "      peers: {port: " + Stage.port() + "}",
                        "      cluster:",
                        "        host: " + host,
                        "        port: " + hazelcast.get(number),
                        "        busPort: " + bus.get(number),
                        "        members: " + members);
        List<String> arguments = List.of("run", config.toString());
        return relay.ready(number == 0 ? "relay" : "relay2", relay.stage().relay(), "none", arguments, "ready");
    }
}
