package dev.tcprelay.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Relay, skeleton and client, each a process of its own, as a user starts them. */
final class RelayChain implements AutoCloseable {
    private final Path command;
    private final Path directory;
    private final Map<String, String> environment;
    private final List<Child> children = new ArrayList<>();
    private int forward;

    private RelayChain(Path command, Path directory) {
        this.command = command;
        this.directory = directory;
        this.environment = Map.of("RELAY_HOME", directory.resolve("home").toString(), "RELAY_LOG_LEVEL", "WARN");
    }

    /** Starts all three; the client forwards a local port to the target. */
    static RelayChain start(Path command, Path directory, int target) throws IOException, InterruptedException {
        RelayChain chain = new RelayChain(command, directory);
        try {
            chain.run(target);
            return chain;
        } catch (IOException | InterruptedException e) {
            chain.close();
            throw e;
        }
    }

    private void run(int target) throws IOException, InterruptedException {
        int clients = freePort();
        forward = freePort();
        Path files = directory.resolve("relay");
        serve(files, clients);
        login(files, clients);
        server("skeleton", "serving", "expose", "target", "127.0.0.1:" + target);
        server("client", "ready", "client", "--forward", forward + ":target");
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

    Contender contender() {
        return new Contender("relay", forward, List.copyOf(children));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Where the processes keep their logs. */
    static Path temporaryDirectory() throws IOException {
        return Files.createTempDirectory("relay-bench");
    }

    @Override
    public void close() {
        for (int i = children.size() - 1; i >= 0; i--) {
            children.get(i).close();
        }
    }
}
