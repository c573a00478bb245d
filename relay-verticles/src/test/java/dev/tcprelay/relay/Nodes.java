package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** Several real nodes that are one cluster, with members and bus in memory and real peer links. */
final class Nodes implements AutoCloseable {
    final FakeCluster cluster = new FakeCluster();
    final ClusterKey key = ClusterKey.generate(Relay.RANDOM);
    private final Vertx vertx;
    private final Path directory;
    private final Consumer<Relay> settings;
    private final IntUnaryOperator way;
    private final List<Relay> relays = new ArrayList<>();
    private final List<FakeCluster.Seat> seats = new ArrayList<>();
    private final List<Relay> killed = new ArrayList<>();
    private int made;

    private Nodes(Vertx vertx, Path directory, Consumer<Relay> settings, IntUnaryOperator way) {
        this.vertx = vertx;
        this.directory = directory;
        this.settings = settings;
        this.way = way;
    }

    static Nodes started(Vertx vertx, Path directory, int count) throws Exception {
        return started(vertx, directory, count, relay -> {});
    }

    /** @param settings of every node, before it starts */
    static Nodes started(Vertx vertx, Path directory, int count, Consumer<Relay> settings) throws Exception {
        return started(vertx, directory, count, settings, port -> port);
    }

    /** @param way by which port the others reach a node's port for nodes, from now on */
    static Nodes started(Vertx vertx, Path directory, int count, Consumer<Relay> settings, IntUnaryOperator way)
            throws Exception {
        var nodes = new Nodes(vertx, directory, settings, way);
        for (int i = 0; i < count; i++) {
            nodes.add();
        }
        nodes.linked();
        return nodes;
    }

    /** One more node; a member when this returns. */
    Relay add() throws Exception {
        var seat = cluster.seat();
        Path own = Files.createDirectory(directory.resolve("node" + made++));
        var relay = new Relay(vertx, own);
        relay.clustered(key, freePort(), () -> new RelayVerticle(seat, seat));
        settings.accept(relay);
        relay.start();
        seat.join(way.applyAsInt(relay.peerPort()));
        relays.add(relay);
        seats.add(seat);
        return relay;
    }

    /** Below those that systems give to outgoing connections: none of them takes it before its program has it. */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: another.
                continue;
            }
        }
    }

    Relay get(int index) {
        return relays.get(index);
    }

    FakeCluster.Seat seat(int index) {
        return seats.get(index);
    }

    /** Waits until every node has warm links to every other. */
    void linked() {
        for (Relay relay : relays) {
            for (var seat : seats) {
                if (!seat.id.equals(relay.node().id())) {
                    Relay.until(() -> relay.node().peering().links().warm(seat.id) > 0);
                }
            }
        }
    }

    /** Waits until every node lists that number of skeletons for the id. */
    void listed(String server, int skeletons) {
        for (Relay relay : relays) {
            Relay.until(
                    () -> relay.node().directory().offers(new ServerId(server)).size() == skeletons);
        }
    }

    /**
     * Stops a node as a crash would: it is no member any more, and its connections are reset. Those behind it move up.
     */
    void kill(int index) throws Exception {
        seats.remove(index).leave();
        Relay relay = relays.remove(index);
        killed.add(relay);
        relay.stop();
    }

    @Override
    public void close() throws Exception {
        seats.forEach(FakeCluster.Seat::leave);
        killed.addAll(relays);
        for (Relay relay : killed) {
            relay.close();
        }
    }
}
