package dev.tcprelay.systemtests;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace for each node of a {@link Cluster}, each with an interface in two networks: one in which the
 * tests are too, and a private one, whose cables can be pulled. Needs to be root. All of it goes with the stage.
 */
final class PrivateNetwork {
    private static final String OUTER = "10.213.7.";
    private static final String INNER = "10.213.8.";
    private static final int TESTS = 254;
    private static final int LONGEST_NAME = 15;

    private final Stage stage;
    private final String prefix = "rt" + ProcessHandle.current().pid();
    private final List<NodeAddress> nodes = new ArrayList<>();

    private PrivateNetwork(Stage stage) {
        this.stage = stage;
    }

    static PrivateNetwork of(Stage stage, int count) throws IOException, InterruptedException {
        PrivateNetwork network = new PrivateNetwork(stage);
        network.bridge("o");
        network.bridge("i");
        network.ip("addr add " + OUTER + TESTS + "/24 dev " + network.name("o"));
        for (int i = 0; i < count; i++) {
            network.add(i);
        }
        return network;
    }

    private void bridge(String name) throws IOException, InterruptedException {
        ip("link add " + name(name) + " type bridge");
        stage.keep(() -> ip("link del " + name(name)));
        ip("link set " + name(name) + " up");
    }

    private void add(int number) throws IOException, InterruptedException {
        String space = name("n" + number);
        ip("netns add " + space);
        stage.keep(() -> ip("netns del " + space));
        ip("-n " + space + " link set lo up");
        plug(space, number, "o", OUTER);
        plug(space, number, "i", INNER);
        String last = "" + (number + 1);
        nodes.add(NodeAddress.at("node-" + number, space, OUTER + last, INNER + last));
    }

    private void plug(String space, int number, String bridge, String network)
            throws IOException, InterruptedException {
        String cable = name(bridge + number);
        ip("link add " + cable + " type veth peer name " + bridge + "0 netns " + space);
        ip("link set " + cable + " master " + name(bridge) + " up");
        ip("-n " + space + " addr add " + network + (number + 1) + "/24 dev " + bridge + "0");
        ip("-n " + space + " link set " + bridge + "0 up");
    }

    private String name(String what) {
        String name = prefix + what;
        if (name.length() > LONGEST_NAME) {
            throw new AssertionError("too long for an interface: " + name);
        }
        return name;
    }

    private void ip(String arguments) throws IOException, InterruptedException {
        stage.run(Invocation.of("ip").and(arguments.split(" "))).succeeds();
    }

    List<NodeAddress> nodes() {
        return nodes;
    }

    /** What this node and the others send each other in the private network is lost, without a word. */
    void cut(int node) throws IOException, InterruptedException {
        ip("link set " + name("i" + node) + " nomaster");
    }

    void heal(int node) throws IOException, InterruptedException {
        ip("link set " + name("i" + node) + " master " + name("i"));
    }
}
