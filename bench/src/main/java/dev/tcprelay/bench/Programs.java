package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is on the PATH. */
final class Programs {
    private static final Pattern VERSION = Pattern.compile("(^|[ v_])\\d+\\.\\d+");

    private Programs() {}

    static boolean isThere(String program) {
        return onPath(program).isPresent();
    }

    /** Its whole path, which some programs need to start themselves again. */
    static Path find(String program) throws IOException {
        return onPath(program).orElseThrow(() -> new IOException(program + " is not on the PATH"));
    }

    private static Optional<Path> onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return List.of(path.split(":", -1)).stream()
                .filter(each -> !each.isEmpty())
                .map(each -> Path.of(each, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The first line of what it prints that has a version; empty for no command. */
    static String version(List<String> command) throws IOException, InterruptedException {
        if (command.isEmpty()) {
            return "";
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text.lines()
                .map(String::strip)
                .filter(line -> VERSION.matcher(line).find())
                .findFirst()
                .orElse("unknown");
    }
}
