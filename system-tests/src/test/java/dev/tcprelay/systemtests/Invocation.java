package dev.tcprelay.systemtests;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to start a program.
 *
 * @param name for its files
 * @param environment added to that of the tests
 * @param input all of its standard input, or null to leave it open for the test to write
 * @param output where its standard output goes if that is no text, or null to keep its lines
 */
record Invocation(String name, List<String> command, Map<String, String> environment, byte[] input, Path output) {
    static Invocation of(String... command) {
        String name = Path.of(command[0]).getFileName().toString();
        return new Invocation(name, List.of(command), Map.of(), new byte[0], null);
    }

    static Invocation bash(String line) {
        return of("bash", "-c", line);
    }

    /** With more arguments behind those that it has. */
    Invocation and(String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return new Invocation(name, all, environment, input, output);
    }

    Invocation named(String newName) {
        return new Invocation(newName, command, environment, input, output);
    }

    Invocation with(Map<String, String> variables) {
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(variables);
        return new Invocation(name, command, all, input, output);
    }

    /** With a limit on the descriptors that the program may have open. */
    Invocation descriptors(int limit) {
        List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit -n " + limit + " && exec \"$@\"", "bash"));
        limited.addAll(command);
        return new Invocation(name, limited, environment, input, output);
    }

    Invocation input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    Invocation input(byte[] bytes) {
        return new Invocation(name, command, environment, bytes, output);
    }

    Invocation openInput() {
        return new Invocation(name, command, environment, null, output);
    }

    Invocation outputTo(Path file) {
        return new Invocation(name, command, environment, input, file);
    }

    /** Leaves standard input and output to the test, as bytes. */
    Invocation raw() {
        return new Invocation(name, command, environment, null, Program.RAW);
    }
}
