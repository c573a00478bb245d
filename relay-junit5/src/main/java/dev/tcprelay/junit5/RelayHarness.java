package dev.tcprelay.junit5;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.relay.RelayVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A relay, and as many skeletons and clients as a test wants, in one process on free ports of 127.0.0.1. Everything
 * that they keep is in a temporary directory: the relay's keys and users, a login of the user {@value #USER}, who
 * may do everything, and the psks. The verticles are the real ones, deployed by their config, so a test may deploy
 * more of them by {@link #home()}.
 *
 * <p>The relay is one node, or several in a cluster with a load balancer before them. {@link #serve}, {@link #socks}
 * and {@link #forward} go by the load balancer, so to any node; {@link #through} goes to one.
 *
 * <p>Thread-safe. {@link RelayExtension} makes one for a test and closes it after. Who starts one by other means and
 * has several nodes stops them with {@link #stop()} before the Vertx is closed.
 */
public final class RelayHarness {
    /** The user as whom skeletons and clients log in. */
    public static final String USER = "tester";

    private final Vertx vertx;
    private final TestFiles files;
    private final List<RelayNode> nodes;

    private RelayHarness(Vertx vertx, TestFiles files, List<RelayNode> nodes) {
        this.vertx = vertx;
        this.files = files;
        this.nodes = nodes;
    }

    /** Starts a relay of one node. The directory is the harness's own from now on. */
    public static Future<RelayHarness> start(Vertx vertx, Path directory) {
        return start(vertx, directory, 1, new JsonObject());
    }

    /**
     * Starts a relay with more settings than the directory and ports.
     *
     * @param nodes 1 for a relay without a cluster
     * @param settings of each node as in a config file, for example limits
     */
    public static Future<RelayHarness> start(Vertx vertx, Path directory, int nodes, JsonObject settings) {
        return vertx.executeBlocking(() -> TestFiles.create(directory))
                .compose(files -> vertx.executeBlocking(() -> new NodeConfigs(files.relay(), settings).of(nodes))
                        .map(configs -> configs.stream()
                                .map(config -> new RelayNode(vertx, config))
                                .toList())
                        .map(all -> new RelayHarness(vertx, files, all))
                        .compose(harness -> harness.startFrom(0)
                                .compose(started -> harness.enter())
                                .recover(e -> harness.stop().transform(stopped -> Future.failedFuture(e)))));
    }

    /** One after the other: together they would each begin a cluster, and need seconds to find each other. */
    private Future<Void> startFrom(int node) {
        return node == nodes.size()
                ? Future.succeededFuture()
                : nodes.get(node).start().compose(started -> startFrom(node + 1));
    }

    private Future<RelayHarness> enter() {
        RelayNode first = nodes.get(0);
        if (nodes.size() == 1) {
            return login(TestFiles.ANY, first.clients(), first.skeletons());
        }
        return Future.all(
                        Balancer.start(
                                vertx, nodes.stream().map(RelayNode::clients).toList()),
                        Balancer.start(
                                vertx, nodes.stream().map(RelayNode::skeletons).toList()))
                .compose(ports -> login(
                        TestFiles.ANY,
                        new HostPort("127.0.0.1", ports.<Integer>resultAt(0)),
                        new HostPort("127.0.0.1", ports.<Integer>resultAt(1))))
                .compose(balanced -> Future.join(IntStream.range(0, nodes.size())
                                .mapToObj(i -> login(
                                        name(i),
                                        nodes.get(i).clients(),
                                        nodes.get(i).skeletons()))
                                .toList())
                        .map(this));
    }

    private Future<RelayHarness> login(String name, HostPort clients, HostPort skeletons) {
        return vertx.executeBlocking(() -> {
            files.login(name, clients, skeletons);
            return this;
        });
    }

    private static String name(int node) {
        return "node-" + node;
    }

    /** The Vert.x in which everything runs but the nodes of a cluster, which have one each. */
    public Vertx vertx() {
        return vertx;
    }

    /** The relay's first node, with its ports and fingerprint. */
    public RelayVerticle relay() {
        return nodes.get(0).relay();
    }

    /** All nodes, also those that a test has stopped. */
    public List<RelayNode> nodes() {
        return nodes;
    }

    /** The relay's users file; each node takes up a change within about a second. */
    public Path users() {
        return files.users();
    }

    /** The state directory of skeletons and clients, {@code $RELAY_HOME} elsewhere. */
    public Path home() {
        return files.home();
    }

    /** By one node only, counted from 0; in a cluster. */
    public Entrance through(int node) {
        return new Entrance(vertx, files, nodes, name(node));
    }

    private Entrance any() {
        return new Entrance(vertx, files, nodes, TestFiles.ANY);
    }

    /** As {@link Entrance#serve}, by any node. */
    public Future<String> serve(String id, String host, int port) {
        return any().serve(id, host, port);
    }

    /** As {@link Entrance#socks}, by any node. */
    public Future<Integer> socks() {
        return any().socks();
    }

    /** As {@link Entrance#forward}, by any node. */
    public Future<Integer> forward(String server) {
        return any().forward(server);
    }

    /** Stops all nodes that run, one after the other; skeletons and clients end with the Vertx. */
    public Future<Void> stop() {
        Future<Void> stopped = Future.succeededFuture();
        for (RelayNode node : nodes) {
            stopped = stopped.eventually(() -> node.runs() ? node.stop() : Future.succeededFuture());
        }
        return stopped;
    }
}
