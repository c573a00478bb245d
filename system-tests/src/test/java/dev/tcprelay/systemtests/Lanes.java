package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A relay, one process with a client for each {@link Lane} and one with a skeleton for each. */
final class Lanes {
    private static final String PSK = "tcprelay-psk-1:" + "A".repeat(43) + "=\n";
    private static final String MEMORY = "-Xmx160m -XX:-UsePerfData " + Vitals.TRACKING;
    private static final String CLIENTS = "clients.yaml";
    private static final String SKELETONS = "skeletons.yaml";
    private static final long SECONDS_TO_START = 60;
    private static final long SECONDS_TO_BE_WELL = 60;
    private static final long BYTES_OF_WARM_UP = 100_000;

    private final Network network;
    private final int ready;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Integer> forwards = new ArrayList<>();
    private Program clients;
    private Program skeletons;
    private final Map<Program, Footprint> before = new LinkedHashMap<>();

    private Lanes(Network network, int ready) {
        this.network = network;
        this.ready = ready;
    }

    /**
     * Starts them, and lets each lane carry some tunnels. None is opened ahead: a fault is to strike the tunnel that is
     * meant.
     *
     * @param ready how many warm legs and spares each lane has; without any, each tunnel has fresh connections
     * @param limits of the relay
     */
    static Lanes start(Stage stage, int count, int ready, String... limits) throws Exception {
        Lanes lanes = new Lanes(Network.start(stage, "RELAY_JAVA_OPTS", MEMORY), ready);
        lanes.network.restartNode(limits);
        StringBuilder clients = new StringBuilder("verticles:\n");
        StringBuilder skeletons = new StringBuilder("verticles:\n");
        for (int i = 0; i < count; i++) {
            Lane lane = lanes.open(stage, "lane-" + i);
            int forward = lanes.forwards.get(i);
            Path home = lanes.home(lanes.network.client(), lane, lane.clientLink(), lanes.network.clientPort());
            clients.append("  - verticle: client\n    config: {home: ").append(home);
            clients.append(", ahead: 0, warmLegs: " + ready);
            clients.append(", forwards: [{listen: " + forward + ", server: " + lane.id() + "}]}\n");
            home = lanes.home(lanes.network.skeleton(), lane, lane.skeletonLink(), lanes.network.skeletonPort());
            skeletons.append("  - verticle: skeleton\n    config: {home: ").append(home);
            skeletons.append(", servers: [{id: " + lane.id() + ", target: \""
                    + lane.targetLink().address() + "\", spares: " + ready + "}]}\n");
        }
        Files.writeString(lanes.network.client().place().resolve(CLIENTS), clients);
        Files.writeString(lanes.network.skeleton().place().resolve(SKELETONS), skeletons);
        lanes.startSkeletons();
        lanes.startClients();
        lanes.warmUp();
        return lanes;
    }

    private Lane open(Stage stage, String id) throws IOException {
        int forward = Ports.free();
        forwards.add(forward);
        ExchangeTarget target = stage.keep(new ExchangeTarget(Exchange.of(0, 0)));
        Lane lane = new Lane(
                id,
                stage.keep(new FaultProxy(forward)),
                stage.keep(new FaultProxy(network.clientPort())),
                stage.keep(new FaultProxy(network.skeletonPort())),
                stage.keep(new FaultProxy(target.port())),
                target,
                ready);
        lanes.add(lane);
        return lane;
    }

    /** A copy of somebody's home in which the relay is behind a link. */
    private Path home(RelayCommand machine, Lane lane, FaultProxy link, int port) throws IOException {
        Path home = machine.place().resolve(lane.id());
        try (Stream<Path> all = Files.walk(machine.home())) {
            for (Path file : all.toList()) {
                Path copy = home.resolve(machine.home().relativize(file).toString());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Path known = home.resolve("known_relays");
        Files.writeString(known, Files.readString(known).replace(":" + port + " ", ":" + link.port() + " "));
        Path psk = Files.createDirectories(home.resolve("psk")).resolve(lane.id() + ".psk");
        Files.createFile(psk, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(psk, PSK);
        return home;
    }

    /** Their config is written; ready. */
    Program startClients() throws IOException, InterruptedException {
        clients = run(network.client(), CLIENTS);
        return clients;
    }

    /** Their config is written; ready. */
    Program startSkeletons() throws IOException, InterruptedException {
        skeletons = run(network.skeleton(), SKELETONS);
        return skeletons;
    }

    private static Program run(RelayCommand machine, String file) throws IOException, InterruptedException {
        Program program = machine.start("run", machine.place().resolve(file).toString());
        program.awaitLine("^ready", SECONDS_TO_START);
        return program;
    }

    private void warmUp() throws Exception {
        for (int round = 0; round < 2; round++) {
            for (Lane lane : lanes) {
                lane.awaitRecovery(-2 * (1 + lanes.indexOf(lane)), BYTES_OF_WARM_UP, SECONDS_TO_BE_WELL);
            }
        }
        awaitRest();
        for (Program program : List.of(network.node(), clients, skeletons)) {
            before.put(program, Footprint.of(program));
        }
    }

    /** Waits until each lane has its sessions, its warm legs and spares, and nothing else. */
    private void awaitRest() throws Exception {
        List<Integer> wanted = List.of(0, 1 + ready, 1 + ready, 0);
        for (Lane lane : lanes) {
            Eventually.within(
                    SECONDS_TO_BE_WELL,
                    "on the links of " + lane.id() + " only sessions, warm legs and spares",
                    () -> lane.open().equals(wanted));
        }
    }

    List<Lane> all() {
        return lanes;
    }

    Network network() {
        return network;
    }

    Program clients() {
        return clients;
    }

    Program skeletons() {
        return skeletons;
    }

    /** Relay, clients and skeletons, those that still run, hold no more descriptors and threads than before all faults. */
    void assertNothingIsLeft() throws Exception {
        awaitRest();
        for (Map.Entry<Program, Footprint> each : before.entrySet()) {
            if (each.getKey().process().isAlive()) {
                each.getValue().await(each.getKey());
            }
        }
    }
}
