package dev.tcprelay.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real HAProxy before the nodes of a {@link Cluster}: it passes TCP on, to those whose {@code /ready} says so. */
record HaProxy(Program program, Path statistics) {
    private static final String COMMAND = "/usr/sbin/haproxy";
    private static final String CONFIG = """
            global
              maxconn 8000
              stats socket %s
            defaults
              mode tcp
              balance roundrobin
              timeout connect 2s
              timeout client 1h
              timeout server 1h
              retries 2
              option redispatch 1
              option httpchk GET /ready
              http-check expect status 200
              default-server check inter 500ms fall 2 rise 1
            """;

    /**
     * Listens on the ports by which people know the network's relay.
     *
     * @param send more words for each server, such as {@code send-proxy-v2}
     */
    static HaProxy start(Stage stage, Network network, List<ClusterNode> nodes, String send) throws Exception {
        Packages.require(COMMAND);
        Path sockets = Files.createTempDirectory("haproxy");
        stage.keep(() -> Files.delete(sockets));
        Path statistics = sockets.resolve("s");
        stage.keep(() -> Files.deleteIfExists(statistics));
        StringBuilder config = new StringBuilder(CONFIG.formatted(statistics));
        listen(config, "clients", network.clientPort());
        nodes.forEach(node -> server(config, node, node.address().clients(), send));
        listen(config, "skeletons", network.skeletonPort());
        nodes.forEach(node -> server(config, node, node.address().skeletons(), send));
        listen(config, "http", network.httpPort());
        nodes.forEach(node -> server(config, node, node.address().http(), ""));
        Path file = Files.writeString(stage.file("haproxy.cfg"), config);
        Program program = stage.start(Invocation.of(COMMAND, "-db", "-f", file.toString()));
        Ports.awaitOpen(network.clientPort(), program);
        return new HaProxy(program, statistics);
    }

    private static void listen(StringBuilder config, String name, int port) {
        config.append(String.format("listen %s%n  bind 127.0.0.1:%d%n", name, port));
    }

    private static void server(StringBuilder config, ClusterNode node, int port, String send) {
        NodeAddress at = node.address();
        config.append(String.format("  server %s %s:%d port %d %s%n", at.name(), at.host(), port, at.admin(), send));
    }

    /** Waits until it gives connections to all of these nodes. */
    void awaitUp(List<ClusterNode> nodes) throws Exception {
        Eventually.within(30, "HAProxy takes all nodes for ready", () -> {
            String all = SocketFile.ask(statistics, "show stat\n");
            return nodes.stream()
                    .allMatch(node -> all.lines()
                            .filter(line -> line.startsWith("clients," + node + ","))
                            .allMatch(line -> line.contains(",UP,")));
        });
    }
}
