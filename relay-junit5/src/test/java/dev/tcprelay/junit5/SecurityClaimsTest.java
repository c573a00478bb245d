package dev.tcprelay.junit5;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise of docs/security.md names tests; here each of them is looked for in the sources. */
class SecurityClaimsTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Map<String, String> sources = testSources();
        List<MatchResult> named = NAMED.matcher(Files.readString(TOP.resolve("docs/security.md")))
                .results()
                .filter(result -> !result.group(1).equals("SecurityClaimsTest"))
                .toList();
        assertFalse(named.isEmpty());
        List<String> missing = new ArrayList<>();
        for (MatchResult result : named) {
            String source = sources.getOrDefault(result.group(1), "");
            boolean there =
                    result.group(2) == null ? !source.isEmpty() : source.contains("void " + result.group(2) + "(");
            if (!there) {
                missing.add(result.group());
            }
        }
        assertTrue(missing.isEmpty(), () -> "docs/security.md names tests that are not there: " + missing);
    }

    /** The sources of all modules' tests by class name; those of the same name together. */
    private static Map<String, String> testSources() throws IOException {
        try (Stream<Path> files = Files.walk(TOP)) {
            return files.filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(file -> file.toString().endsWith("Test.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            SecurityClaimsTest::read,
                            String::concat));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }
}
