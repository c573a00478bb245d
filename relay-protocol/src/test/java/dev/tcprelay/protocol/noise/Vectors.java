package dev.tcprelay.protocol.noise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.BiPredicate;

/**
 * Public test vectors: the whole files of the directory in the system property {@code vectors}, or the project's own.
 */
final class Vectors {

    private static final String DIRECTORY = System.getProperty("vectors", "");

    private Vectors() {}

    static boolean whole() {
        return !DIRECTORY.isEmpty();
    }

    static JsonNode read(String file) throws IOException {
        try (InputStream in = whole()
                ? Files.newInputStream(Path.of(DIRECTORY, file))
                : Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + file), file)) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** Runs each test of a Wycheproof file that {@code run} does not leave out by returning false; tells how many. */
    static int wycheproof(String file, BiPredicate<JsonNode, JsonNode> run) throws IOException {
        int executed = 0;
        for (JsonNode group : read(file).get("testGroups")) {
            for (JsonNode test : group.get("tests")) {
                executed += run.test(group, test) ? 1 : 0;
            }
        }
        System.out.println(file + ": " + executed + " vectors executed");
        return executed;
    }

    static byte[] bytes(JsonNode object, String field) {
        return HexFormat.of().parseHex(object.get(field).textValue());
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static String label(JsonNode test) {
        return "tcId " + test.get("tcId") + " " + test.get("comment");
    }
}
