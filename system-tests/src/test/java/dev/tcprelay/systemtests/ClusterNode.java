package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One node of a {@link Cluster}: a process with ports of its own, which can be lost and started again. */
final class ClusterNode {
    private static final long SECONDS_TO_START = 90;
    private static final Pattern SERVER = Pattern.compile("\\{\"id\":\"([^\"]+)\",\"skeletons\":(\\d+),");

    private static final Pattern SESSIONS = Pattern.compile("\"sessions\":\\{[^}]*\"skeletons\":(\\d+)");

    private static final Pattern SPARES = Pattern.compile("\"connections\":\\{[^}]*\"spares\":(\\d+)");

    private final RelayCommand machine;
    private final NodeAddress address;
    private final Path socket;
    private Program program;

    /** @param socket of its status: a path that is short enough for one */
    ClusterNode(RelayCommand machine, NodeAddress address, Path socket) {
        this.machine = machine;
        this.address = address;
        this.socket = socket;
    }

    NodeAddress address() {
        return address;
    }

    RelayCommand machine() {
        return machine;
    }

    Program program() {
        return program;
    }

    /** Its relay.key, relay.pem, users and cluster.key. */
    Path directory() {
        return machine.place().resolve("data");
    }

    /**
     * Writes its config.
     *
     * @param network by whose ports the world reaches the cluster
     * @param more lines of the relay's config, such as {@code limits: {silence: 3s}}
     */
    void configure(Network network, List<String> members, List<String> more) throws IOException {
        String config = "verticles:\n  - verticle: relay\n    config:\n"
                + "      directory: " + directory() + "\n"
                + "      users: " + network.directory().resolve("users") + "\n"
                + address.config(network, members)
                + "      admin: {host: " + address.host() + ", port: " + address.admin() + ", socket: " + socket
                + "}\n";
        for (String line : more) {
            config += "      " + line + "\n";
        }
        Files.writeString(config(), config);
    }

    Path config() {
        return machine.place().resolve("relay.yaml");
    }

    /** Starts it, again or for the first time; ready or not yet. */
    Program start() throws IOException {
        program = machine.stage().start(address.within(machine.invocation("run", config().toString())));
        // At the end of the stage nobody is left for whom it should drain.
        machine.stage().keep(program::kill);
        return program;
    }

    void awaitReady() throws InterruptedException {
        program.awaitLine("^ready", SECONDS_TO_START);
    }

    void kill() throws InterruptedException {
        program.kill();
    }

    /** It stands still, as a machine whose disk or hypervisor hangs. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        machine.stage()
                .run(Invocation.bash("kill -" + name + " " + program.process().pid()))
                .succeeds();
    }

    /** The ids that it lists, and how many skeletons serve each; as {@code relay status --json} has them. */
    Map<String, Integer> servers() throws IOException {
        Map<String, Integer> servers = new TreeMap<>();
        for (Matcher next = SERVER.matcher(status()); next.find(); ) {
            servers.put(next.group(1), Integer.parseInt(next.group(2)));
        }
        return servers;
    }

    /** How many sessions of skeletons it has. */
    int skeletonSessions() throws IOException {
        return number(SESSIONS);
    }

    /** How many spares wait there. */
    int spares() throws IOException {
        return number(SPARES);
    }

    private int number(Pattern pattern) throws IOException {
        String status = status();
        Matcher number = pattern.matcher(status);
        if (!number.find()) {
            throw new AssertionError("no " + pattern + " in " + status);
        }
        return Integer.parseInt(number.group(1));
    }

    /** What it says of itself, in JSON without blanks. */
    String status() throws IOException {
        String answer = SocketFile.ask(socket, "GET /status HTTP/1.0\r\n\r\n");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4).replace(" ", "");
    }

    @Override
    public String toString() {
        return address.name();
    }
}
