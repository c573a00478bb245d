package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Several nodes that are one relay, behind a load balancer. A {@link Network}'s relay becomes it: the balancer takes
 * over its ports, the nodes its keys and users. So its people reach the cluster without noticing; {@link #at} makes
 * them come to one node, past the balancer.
 */
final class Cluster {
    static final int NODES = 3;

    private static final long SECONDS_TO_START = 90;
    private static final String[] KEYS = {"relay.key", "relay.pem"};
    private static final Random RANDOM = new Random();

    private static Cluster shared;

    private final Stage stage;
    private final Network network;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final Path clusterKey;
    private HaProxy balancer;

    private Cluster(Stage stage, Network network) throws IOException {
        this.stage = stage;
        this.network = network;
        this.clusterKey = newClusterKey("cluster.key");
    }

    /**
     * Three nodes on 127.0.0.1 and HAProxy; all ready, and members of each other.
     *
     * @param more lines of each relay's config, such as {@code limits: {silence: 3s}}
     */
    static Cluster start(Stage stage, String... more) throws Exception {
        List<NodeAddress> addresses = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            addresses.add(NodeAddress.local("node-" + i));
        }
        Cluster cluster = start(stage, addresses, more);
        cluster.balancer = HaProxy.start(stage, cluster.network, cluster.nodes, "");
        cluster.balancer.awaitUp(cluster.nodes);
        return cluster;
    }

    /** One that scenarios share which leave it as it was; each with ids of its own. */
    static synchronized Cluster shared() throws Exception {
        if (shared == null) {
            shared = start(Stage.sharedCluster());
            AutoCloseable unused = Stage.sharedCluster().keep(() -> shared = null);
        }
        return shared;
    }

    /** The same at these addresses, without a load balancer. */
    static Cluster start(Stage stage, List<NodeAddress> addresses, String... more) throws Exception {
        Network network = Network.start(stage, "RELAY_JAVA_OPTS", "-Xmx160m -XX:-UsePerfData " + Vitals.TRACKING);
        network.node().terminate(SECONDS_TO_START);
        Cluster cluster = new Cluster(stage, network);
        List<String> members = addresses.stream().map(NodeAddress::member).toList();
        for (NodeAddress address : addresses) {
            cluster.add(address, cluster.clusterKey).configure(network, members, List.of(more));
        }
        for (ClusterNode node : cluster.nodes) {
            node.start();
        }
        for (ClusterNode node : cluster.nodes) {
            node.awaitReady();
        }
        cluster.awaitWhole();
        return cluster;
    }

    /** A node that has what all have, and this cluster.key; not started. */
    private ClusterNode add(NodeAddress address, Path key) throws IOException, InterruptedException {
        ClusterNode node = prepare(address, key);
        nodes.add(node);
        return node;
    }

    /** The same; it is none of {@link #nodes}. */
    ClusterNode prepare(NodeAddress address, Path key) throws IOException, InterruptedException {
        RelayCommand machine = RelayCommand.in(
                stage, address.name(), "RELAY_JAVA_OPTS", "-Xmx160m -XX:-UsePerfData " + Vitals.TRACKING);
        Path sockets = Files.createTempDirectory("relay");
        stage.keep(() -> Files.deleteIfExists(sockets));
        ClusterNode node = new ClusterNode(machine, address, sockets.resolve("s"));
        stage.keep(() -> Files.deleteIfExists(sockets.resolve("s")));
        Files.createDirectory(
                node.directory(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : KEYS) {
            copy(network.directory().resolve(name), node.directory().resolve(name));
        }
        copy(key, node.directory().resolve("cluster.key"));
        return node;
    }

    /** A file with a new cluster.key. */
    Path newClusterKey(String name) throws IOException {
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        return network.secretFile(
                name, "tcprelay-cluster-1:" + Base64.getEncoder().encodeToString(key));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    Network network() {
        return network;
    }

    List<ClusterNode> nodes() {
        return nodes;
    }

    ClusterNode node(int number) {
        return nodes.get(number);
    }

    List<String> members() {
        return nodes.stream().map(node -> node.address().member()).toList();
    }

    /** Null without one. */
    HaProxy balancer() {
        return balancer;
    }

    /** Waits until every node has every other one for a member: it has logged it, now or before. */
    void awaitWhole() throws Exception {
        for (ClusterNode node : nodes) {
            for (ClusterNode other : nodes) {
                if (other != node) {
                    node.program().awaitLog(" is " + other + ", version", SECONDS_TO_START);
                }
            }
        }
    }

    /** Somebody's home in which the relay is one node; made anew unless it is there. The psks are the somebody's own. */
    Path at(ClusterNode node, RelayCommand machine) throws IOException {
        Path home = machine.place().resolve("at-" + node);
        if (Files.exists(home)) {
            return home;
        }
        Files.createDirectories(machine.home().resolve("psk"));
        try (Stream<Path> all = Files.walk(machine.home())) {
            for (Path file : all.filter(path -> !path.startsWith(machine.home().resolve("psk")))
                    .toList()) {
                copy(file, home.resolve(machine.home().relativize(file).toString()));
            }
        }
        Files.createSymbolicLink(home.resolve("psk"), machine.home().resolve("psk"));
        for (String name : new String[] {"known_relays", "logins"}) {
            Path file = home.resolve(name);
            Files.writeString(file, direct(Files.readString(file), node.address()));
        }
        return home;
    }

    private String direct(String text, NodeAddress address) {
        return text.replace("127.0.0.1:" + network.clientPort(), address.host() + ":" + address.clients())
                .replace("127.0.0.1:" + network.skeletonPort(), address.host() + ":" + address.skeletons());
    }

    /** Carol's command, at that node. */
    RelayCommand client(ClusterNode node) throws IOException {
        return network.client().with("RELAY_HOME", at(node, network.client()).toString());
    }

    /** Sam's command, at that node. */
    RelayCommand skeleton(ClusterNode node) throws IOException {
        return network.skeleton()
                .with("RELAY_HOME", at(node, network.skeleton()).toString());
    }

    /**
     * One process with a skeleton at each of these nodes; returns when it runs.
     *
     * @param servers what each has besides its home: {@code servers: [...]}
     */
    Program skeletons(String name, List<ClusterNode> at, Function<ClusterNode, String> servers) throws Exception {
        return run(network.skeleton(), "skeleton", name, at, servers);
    }

    /**
     * One process with a client at each of these nodes; returns when it runs.
     *
     * @param ports what each has besides its home: {@code socks: {port: 1080}}
     */
    Program clients(String name, List<ClusterNode> at, Function<ClusterNode, String> ports) throws Exception {
        return run(network.client(), "client", name, at, ports);
    }

    private Program run(
            RelayCommand machine, String kind, String name, List<ClusterNode> at, Function<ClusterNode, String> config)
            throws Exception {
        List<String> configs = new ArrayList<>();
        for (ClusterNode node : at) {
            configs.add("home: " + at(node, machine) + ", " + config.apply(node));
        }
        return run(machine, kind, name, configs);
    }

    private static Program run(RelayCommand machine, String kind, String name, List<String> configs) throws Exception {
        StringBuilder verticles = new StringBuilder("verticles:\n");
        for (String config : configs) {
            verticles.append("  - verticle: " + kind + "\n    config: {" + config + "}\n");
        }
        Path file = Files.writeString(machine.place().resolve(name + ".yaml"), verticles);
        Program program = machine.start("run", file.toString());
        program.awaitLine("^ready", SECONDS_TO_START);
        return program;
    }

    /** One process with as many skeletons as there are nodes; the balancer decides who comes where. */
    Program skeletonsBehindBalancer(String name, String servers) throws Exception {
        return run(network.skeleton(), "skeleton", name, Collections.nCopies(nodes.size(), servers));
    }

    /** The same with clients. */
    List<SocksPort> socksBehindBalancer(String name) throws Exception {
        List<SocksPort> ports =
                nodes.stream().map(node -> new SocksPort(Ports.free())).toList();
        Program unused = run(
                network.client(),
                "client",
                name,
                ports.stream().map(port -> "socks: {port: " + port.port() + "}").toList());
        return ports;
    }

    /** A client at each node, in one process, until this stage ends. */
    List<SocksPort> socks(Stage until, String name) throws Exception {
        Map<ClusterNode, SocksPort> ports = new LinkedHashMap<>();
        nodes.forEach(node -> ports.put(node, new SocksPort(Ports.free())));
        until.keep(
                clients(name, nodes, node -> "socks: {port: " + ports.get(node).port() + "}"));
        return List.copyOf(ports.values());
    }

    /** Waits until each of these nodes lists that many skeletons for these ids; none where the number is 0. */
    static void awaitServers(long seconds, List<ClusterNode> nodes, Map<String, Integer> servers) throws Exception {
        for (ClusterNode node : nodes) {
            AtomicReference<Map<String, Integer>> last = new AtomicReference<>();
            try {
                Eventually.within(seconds, node + " lists " + servers, () -> {
                    Map<String, Integer> all = node.servers();
                    last.set(all);
                    return servers.entrySet().stream()
                            .allMatch(each -> each.getValue().equals(all.getOrDefault(each.getKey(), 0)));
                });
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "; it lists " + last.get(), e);
            }
        }
    }
}
