package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code relay} command as one person on one machine has it: with its own RELAY_HOME, home and temporary directory.
 *
 * @param place all of these
 */
record RelayCommand(Stage stage, Path place, Map<String, String> environment) {
    /** Little, so that a process that kept a stream in memory would fail. Deriving a key from a password takes 64 MiB. */
    private static final String MEMORY = "-Xmx160m";

    private static final long SECONDS_TO_BUILD = 400;
    private static boolean built;

    /**
     * A new machine. Builds the command if the sources are newer; the time for that is no part of what is tested.
     *
     * @param variables names and values, in turn
     */
    static RelayCommand in(Stage stage, String name, String... variables) throws IOException, InterruptedException {
        build(stage);
        Path place = stage.directory(name);
        Path temporary = Files.createDirectory(place.resolve("tmp"));
        Map<String, String> environment = Map.of(
                "RELAY_HOME", place.resolve("relay").toString(),
                "HOME", place.toString(),
                "TMPDIR", temporary.toString(),
                "RELAY_JAVA_OPTS", MEMORY + " -XX:-UsePerfData -Djava.io.tmpdir=" + temporary);
        RelayCommand command = new RelayCommand(stage, place, environment);
        for (int i = 0; i < variables.length; i += 2) {
            command = command.with(variables[i], variables[i + 1]);
        }
        return command;
    }

    private static synchronized void build(Stage stage) throws IOException, InterruptedException {
        if (!built) {
            stage.start(Invocation.of(script(), "--version"))
                    .result(SECONDS_TO_BUILD)
                    .succeeds();
            built = true;
        }
    }

    static String script() {
        return Stage.top().resolve("relay").toString();
    }

    RelayCommand with(String variable, String value) {
        Map<String, String> all = new TreeMap<>(environment);
        all.put(variable, value);
        return new RelayCommand(stage, place, all);
    }

    Path home() {
        return place.resolve("relay");
    }

    Path knownRelays() {
        return home().resolve("known_relays");
    }

    Path psk(String id) {
        return home().resolve("psk").resolve(id + ".psk");
    }

    Invocation invocation(String... arguments) {
        List<String> command = new ArrayList<>(List.of(script()));
        command.addAll(List.of(arguments));
        String name = place.getFileName() + "-" + arguments[0];
        return new Invocation(name, command, environment, new byte[0], null);
    }

    /** One that goes on until it is stopped. */
    Program start(String... arguments) throws IOException {
        return stage.start(invocation(arguments));
    }

    /** One that ends by itself. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return stage.run(invocation(arguments));
    }

    Result runWithInput(String input, String... arguments) throws IOException, InterruptedException {
        return stage.run(invocation(arguments).input(input));
    }

    /** The shell words that run it, with its environment, for programs that take a command line. */
    String shellWords(String arguments) {
        StringBuilder words = new StringBuilder("env");
        environment.forEach((name, value) ->
                words.append(' ').append(name).append("='").append(value).append('\''));
        return words + " " + script() + " " + arguments;
    }
}
