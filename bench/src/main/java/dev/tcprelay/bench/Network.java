package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Three hosts on this machine, two of them network namespaces, and a router between them that delays and loses packets.
 * Needs root. The addresses are of the range that is kept for such measurements (RFC 2544).
 */
final class Network implements AutoCloseable {
    private static final String NET = "198.18.119.";
    /** 0.1 % of the packets between client and target, half of it on each side of the relay. */
    private static final int LOST_PER_MILLION = 500;

    private static final int MICROS = 1000;

    private final Stage stage;
    private final List<String> names = new ArrayList<>();

    private Network(Stage stage) {
        this.stage = stage;
        for (String place : List.of("client", "relay", "skeleton")) {
            names.add("rb" + ProcessHandle.current().pid() % 100_000 + place.charAt(0));
        }
    }

    /**
     * Starts it.
     *
     * @param program the router
     * @param roundTripMillis between client and skeleton, of which the relay has half on each side
     */
    static Network start(Path program, int roundTripMillis) throws IOException, InterruptedException {
        Network network = new Network(new Stage(Places.LOOPBACK, Target.NOWHERE, ""));
        try {
            network.up(program, roundTripMillis * MICROS / 4);
            return network;
        } catch (IOException | InterruptedException e) {
            network.close();
            throw e;
        }
    }

    private void up(Path program, int micros) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        String far = ":" + micros + ":" + LOST_PER_MILLION;
        line.addAll(List.of(names.get(0) + far, names.get(1) + ":0:0", names.get(2) + far));
        stage.run(Place.HERE, "router", line).awaitLine("ready");
        ip("addr", "add", NET + "1/24", "dev", names.get(0));
        ip("link", "set", names.get(0), "up");
        for (int i = 1; i < names.size(); i++) {
            String name = names.get(i);
            ip("netns", "add", name);
            ip("link", "set", name, "netns", name);
            ip("-n", name, "addr", "add", NET + (i + 1) + "/24", "dev", name);
            ip("-n", name, "link", "set", name, "up");
            ip("-n", name, "link", "set", "lo", "up");
        }
    }

    /** The client's is this machine as it is, with one more address. */
    Places places() {
        return new Places(
                new Place(NET + "1", List.of()),
                new Place(NET + "2", List.of("ip", "netns", "exec", names.get(1))),
                new Place(NET + "3", List.of("ip", "netns", "exec", names.get(2))));
    }

    private void ip(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(arguments));
        stage.once("ip", Map.of(), line);
    }

    @Override
    public void close() throws IOException {
        try {
            for (String name : names) {
                if (Files.exists(Path.of("/run/netns", name))) {
                    ip("netns", "del", name);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stage.close();
        }
    }
}
