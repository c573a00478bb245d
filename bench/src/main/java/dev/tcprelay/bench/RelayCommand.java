package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The relay command on a stage: how the three roles are started, as a user starts them. */
record RelayCommand(Path script, Stage stage) {
    /** The id of the one server. */
    static final String SERVER = "bench";

    private static final String USER = "owner";

    /** A node's directory, and the port of its clients. */
    record Node(Path directory, int clients) {
        Path file(String name) {
            return directory.resolve(name);
        }
    }

    /** Starts a node that makes what it needs in its directory. */
    Child serve(Node node) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--dir", node.directory.toString()));
        arguments.addAll(List.of("--host", stage.relay().host(), "--client-port", "" + node.clients));
        arguments.addAll(List.of("--skeleton-port", "" + Stage.port(), "--http-port", "" + Stage.port()));
        return ready("relay", stage.relay(), "none", arguments, "ready");
    }

    /**
     * Logs in, so that what is started with this home finds the node.
     *
     * @param first what the first start of the node printed
     */
    void login(String home, Node node, String first) throws IOException, InterruptedException {
        String fingerprint = first.lines()
                .filter(line -> line.strip().startsWith("fingerprint"))
                .findFirst()
                .orElseThrow()
                .replaceAll(".*(SHA256:\\S+).*", "$1");
        List<String> arguments = new ArrayList<>(List.of("login", stage.relay().host() + ":" + node.clients));
        arguments.addAll(List.of("--key", node.file("relay.pem").toString(), "--fingerprint", fingerprint));
        arguments.addAll(List.of(
                "--user", USER, "--password-file", node.file(USER + ".password").toString()));
        stage.once("login-" + home, environment(home), line(arguments));
    }

    /** The skeleton. It makes the psk, in its home. */
    void expose(String home) throws IOException, InterruptedException {
        ready("skeleton", stage.skeleton(), home, List.of("expose", SERVER, stage.besideTarget()), "serving " + SERVER);
    }

    /** The client; gives where it listens. */
    Entry forward(String home) throws IOException, InterruptedException {
        int port = Stage.port();
        ready("client", stage.client(), home, List.of("client", "--forward", port + ":" + SERVER), "ready");
        return stage.entry(Place.HERE, port);
    }

    /** Starts something that says at the beginning of a line when it is ready. */
    Child ready(String name, Place place, String home, List<String> arguments, String ready)
            throws IOException, InterruptedException {
        Child child = stage.run(place, name, environment(home), line(arguments));
        child.awaitLine(ready);
        return child;
    }

    Path home(String name) {
        return stage.directory().resolve("home-" + name);
    }

    private List<String> line(List<String> arguments) {
        List<String> line = new ArrayList<>(List.of(script.toString()));
        line.addAll(arguments);
        return line;
    }

    private Map<String, String> environment(String home) {
        return Map.of(
                "RELAY_HOME", home(home).toString(), "RELAY_LOG_LEVEL", "WARN", "RELAY_JAVA_OPTS", stage.javaOptions());
    }
}
