package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What must be installed for these tests: the lines of {@code system-tests/packages}. */
final class Packages {
    private Packages() {}

    /** Fails the test if a file that a package brings is not there. */
    static void require(String file) throws IOException {
        if (!Files.exists(Path.of(file))) {
            throw new AssertionError(advice(file));
        }
    }

    /** What to say when a program is missing. */
    static String advice(String program) throws IOException {
        List<String> lines =
                Files.readAllLines(Stage.top().resolve("system-tests").resolve("packages"));
        return lines.stream()
                .map(line -> line.split(" +"))
                .filter(fields -> fields[0].equals(program))
                .map(fields -> program + " is missing: apt-get install " + fields[1])
                .findFirst()
                .orElse(program + " is missing, and system-tests/packages does not tell which package brings it");
    }
}
