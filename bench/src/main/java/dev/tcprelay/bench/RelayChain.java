package dev.tcprelay.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Relay, skeleton and client, each a process of its own, as a user starts them; they lead to two targets. */
final class RelayChain implements AutoCloseable {
    private static final String NAME = "relay";

    private final Path command;
    private final Path directory;
    private final Map<String, String> environment;
    private final List<Child> children = new ArrayList<>();
    private int bulk;
    private int small;

    private RelayChain(Path command, Path directory, String javaOptions) {
        this.command = command;
        this.directory = directory;
        this.environment = Map.of(
                "RELAY_HOME",
                directory.resolve("home").toString(),
                "RELAY_LOG_LEVEL",
                "WARN",
                "RELAY_JAVA_OPTS",
                javaOptions);
    }

    /** Starts new ones, in a directory of their own that is removed with them. */
    interface Starter {
        /** All three run with these options of the JVM, separated by spaces. */
        RelayChain start(String javaOptions) throws IOException, InterruptedException;
    }

    /**
     * How to start all three.
     *
     * @param command the relay script
     * @param bulk the port of a {@link Target}
     * @param small the port of a {@link Responder}
     */
    static Starter starter(Path command, int bulk, int small) {
        return javaOptions -> {
            Path directory = Files.createTempDirectory("relay-bench");
            RelayChain chain = new RelayChain(command, directory, javaOptions);
            try {
                chain.run(bulk, small);
                return chain;
            } catch (IOException | InterruptedException e) {
                chain.close();
                throw e;
            }
        };
    }

    private void run(int bulkTarget, int smallTarget) throws IOException, InterruptedException {
        int clients = freePort();
        bulk = freePort();
        small = freePort();
        Path files = directory.resolve("relay");
        serve(files, clients);
        login(files, clients);
        server(
                "skeleton",
                "serving small",
                "expose",
                "bulk",
                "127.0.0.1:" + bulkTarget,
                "small",
                "127.0.0.1:" + smallTarget);
        server("client", "ready", "client", "--forward", bulk + ":bulk", "--forward", small + ":small");
    }

    private void serve(Path files, int clients) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--dir", files.toString(), "--host", "127.0.0.1"));
        arguments.addAll(List.of("--client-port", "" + clients));
        arguments.addAll(List.of("--skeleton-port", "" + freePort()));
        arguments.addAll(List.of("--http-port", "" + freePort()));
        server("relay", "ready", arguments.toArray(String[]::new));
    }

    private void login(Path files, int clients) throws IOException, InterruptedException {
        // The fingerprint stands in the first start's output.
        String fingerprint = children.get(0)
                .output()
                .lines()
                .filter(line -> line.strip().startsWith("fingerprint"))
                .findFirst()
                .orElseThrow()
                .replaceAll(".*(SHA256:\\S+).*", "$1");
        List<String> arguments = new ArrayList<>(List.of("login", "127.0.0.1:" + clients));
        arguments.addAll(List.of("--key", files.resolve("relay.pem").toString()));
        arguments.addAll(List.of("--fingerprint", fingerprint, "--user", "owner"));
        arguments.addAll(
                List.of("--password-file", files.resolve("owner.password").toString()));
        server("login", "logged in", arguments.toArray(String[]::new));
        children.remove(children.size() - 1).close();
    }

    private void server(String name, String ready, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command.toString()));
        line.addAll(List.of(arguments));
        children.add(Child.start(name, directory, environment, line, ready));
    }

    /** The way to the target of bulk transfers. */
    Contender bulk() {
        return new Contender(NAME, bulk, List.copyOf(children));
    }

    /** The way to the server of small requests. */
    Contender small() {
        return new Contender(NAME, small, List.copyOf(children));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        for (int i = children.size() - 1; i >= 0; i--) {
            children.get(i).close();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
