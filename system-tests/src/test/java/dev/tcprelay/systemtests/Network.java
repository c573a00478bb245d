package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A relay and the two people of most scenarios: "carol" connects, "sam" serves. Each has a machine of its own, as far
 * as one computer can pretend that: a RELAY_HOME, a home and a temporary directory.
 */
final class Network {
    static final String CAROL = "carol";
    static final String SAM = "sam";

    private static final long SECONDS_TO_START = 60;

    private static Network shared;

    private final Stage stage;
    private final int clientPort = Ports.free();
    private final int skeletonPort = Ports.free();
    private final int httpPort = Ports.free();
    private final RelayCommand relay;
    private final RelayCommand client;
    private final RelayCommand skeleton;
    private Program node;
    private String fingerprint;
    private Path firstPassword;

    private Network(Stage stage, String... environment) throws IOException, InterruptedException {
        this.stage = stage;
        this.relay = RelayCommand.in(stage, "relay", environment);
        this.client = RelayCommand.in(stage, "client", environment);
        this.skeleton = RelayCommand.in(stage, "skeleton", environment);
    }

    /**
     * A relay that runs and knows carol and sam, who may reach and serve all; both are logged in.
     *
     * @param environment names and values, in turn, of more variables for all three
     */
    static Network start(Stage stage, String... environment) throws IOException, InterruptedException {
        Network network = relayOnly(stage, environment);
        network.addUser(CAROL, "--connect", "*");
        network.addUser(SAM, "--serve", "*");
        network.login(network.client, CAROL).succeeds();
        network.login(network.skeleton, SAM).succeeds();
        return network;
    }

    /** One that scenarios share which leave it as it was; each with ids of its own. */
    static synchronized Network shared() throws IOException, InterruptedException {
        if (shared == null) {
            shared = start(Stage.shared());
            AutoCloseable unused = Stage.shared().keep(() -> shared = null);
        }
        return shared;
    }

    /** A relay alone. */
    static Network relayOnly(Stage stage, String... environment) throws IOException, InterruptedException {
        Network network = new Network(stage, environment);
        Program node = network.startNode();
        network.fingerprint =
                node.awaitLine("(SHA256:[A-Za-z0-9+/]{43}=)", SECONDS_TO_START).group(1);
        network.firstPassword = Path.of(
                node.awaitLine("first user +owner, password in (\\S+)", 5).group(1));
        node.awaitLine("^ready", SECONDS_TO_START);
        return network;
    }

    /** Again, if it has ended; on the same ports and directory. Ready or not yet. */
    Program startNode() throws IOException {
        node = stage.start(serving());
        return node;
    }

    /** Again, with a limit on its descriptors. */
    Program startNode(int descriptors) throws IOException {
        node = stage.start(serving().descriptors(descriptors));
        return node;
    }

    private Invocation serving() {
        return relay.invocation(
                "serve",
                "--dir",
                directory().toString(),
                "--host",
                "127.0.0.1",
                "--client-port",
                "" + clientPort,
                "--skeleton-port",
                "" + skeletonPort,
                "--http-port",
                "" + httpPort);
    }

    /** In place of the one that runs: the same node from a config file, with these limits ("silence: 3s"); ready. */
    Program restartNode(String... limits) throws IOException, InterruptedException {
        node.terminate(SECONDS_TO_START);
        String listener = "{host: 127.0.0.1, port: %d}\n";
        String config = "verticles:\n  - verticle: relay\n    config:\n"
                + "      directory: " + directory() + "\n"
                + "      clients: " + String.format(listener, clientPort)
                + "      skeletons: " + String.format(listener, skeletonPort)
                + "      http: " + String.format(listener, httpPort)
                + "      limits: {" + String.join(", ", limits) + "}\n";
        Path file = Files.writeString(relay.place().resolve("relay.yaml"), config);
        node = relay.start("run", file.toString());
        node.awaitLine("^ready", SECONDS_TO_START);
        return node;
    }

    Program node() {
        return node;
    }

    RelayCommand relay() {
        return relay;
    }

    RelayCommand client() {
        return client;
    }

    RelayCommand skeleton() {
        return skeleton;
    }

    int clientPort() {
        return clientPort;
    }

    int skeletonPort() {
        return skeletonPort;
    }

    int httpPort() {
        return httpPort;
    }

    Path directory() {
        return relay.place().resolve("data");
    }

    String fingerprint() {
        return fingerprint;
    }

    /** The file with the password of the user "owner", as the first start printed it. */
    Path firstPassword() {
        return firstPassword;
    }

    String address() {
        return "127.0.0.1:" + clientPort;
    }

    String keyUrl() {
        return "http://127.0.0.1:" + httpPort + "/relay.pem";
    }

    static String password(String user) {
        return "the pass phrase of " + user;
    }

    /** A new user with {@link #password}. */
    void addUser(String name, String... grants) throws IOException, InterruptedException {
        Path password = secretFile("password-of-" + name, password(name));
        user(name, "add", concat(grants, "--password-file", password.toString()))
                .succeeds();
    }

    /** {@code relay user VERB NAME --users FILE ...}. */
    Result user(String name, String verb, String... more) throws IOException, InterruptedException {
        String[] begin = {
            "user", verb, name, "--users", directory().resolve("users").toString()
        };
        return relay.run(concat(begin, more));
    }

    /** The whole login that the relay's first start prints, by its fingerprint and a password file. */
    Result login(RelayCommand who, String user) throws IOException, InterruptedException {
        return login(who, user, stage.file("password-of-" + user), "--fingerprint", fingerprint);
    }

    Result login(RelayCommand who, String user, Path passwordFile, String... more)
            throws IOException, InterruptedException {
        String[] begin = {
            "login", address(), "--key", keyUrl(), "--user", user, "--password-file", passwordFile.toString()
        };
        return who.run(concat(begin, more));
    }

    /** A file of one line that nobody else can read. */
    Path secretFile(String name, String line) throws IOException {
        Path file = Files.createFile(
                stage.file(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, line + "\n");
    }

    /**
     * A new psk on the skeleton's side, carried to the client's: its file, for that is quick; see DoctorTest for
     * {@code relay psk show} and {@code import}.
     */
    void share(String id) throws IOException, InterruptedException {
        skeleton.run("psk", "new", id).succeeds();
        Path carried = client.psk(id);
        Files.createDirectories(carried.getParent());
        Files.copy(skeleton.psk(id), carried, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Shares the psk and serves the id; returns when it is available. */
    Program expose(String id, String target) throws IOException, InterruptedException {
        share(id);
        return serve(id, target);
    }

    Program serve(String id, String target) throws IOException, InterruptedException {
        Program serving = skeleton.start("expose", id, target);
        serving.awaitLine("serving " + id, SECONDS_TO_START);
        return serving;
    }

    /** {@code relay client} with these options; returns when its ports are open. */
    Program clientWith(String... options) throws IOException, InterruptedException {
        Program program = client.start(concat(new String[] {"client"}, options));
        program.awaitLine("^ready", SECONDS_TO_START);
        return program;
    }

    /** A client with a SOCKS port. */
    SocksPort socks() throws IOException, InterruptedException {
        SocksPort port = new SocksPort(Ports.free());
        clientWith("--socks", "" + port.port());
        return port;
    }

    /** Waits until the list that carol sees is this one. */
    void awaitList(long seconds, String... ids) throws IOException, InterruptedException {
        Deadline deadline = Deadline.inSeconds(seconds);
        Result result = client.run("ls");
        while (!result.out().equals(String.join("\n", ids)) && !deadline.passed()) {
            result = client.run("ls");
        }
        assertEquals(String.join("\n", ids), result.out(), "relay ls");
    }

    private static String[] concat(String[] first, String... second) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray(String[]::new);
    }
}
