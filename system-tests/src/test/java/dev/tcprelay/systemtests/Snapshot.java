package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a directory holds, to see that a refused command changed nothing in it.
 *
 * @param files their text by name; files of locks, which are empty and stay, are left out
 */
record Snapshot(Map<String, String> files) {
    /** Of a directory with all below it; one that is missing holds nothing. */
    static Snapshot of(Path directory) throws IOException {
        Map<String, String> files = new TreeMap<>();
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    if (!file.toString().endsWith(".lock")) {
                        files.put(directory.relativize(file).toString(), Files.readString(file));
                    }
                }
            }
        }
        return new Snapshot(files);
    }
}
