package dev.tcprelay.channel;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the sections of one config share while it is read: the problems found so far, and where relative paths start.
 */
final class SettingsReading {
    /** More help nobody; a large file of another kind would have one a line. */
    private static final int MAX_PROBLEMS = 100;

    private final Map<String, SettingsSection> sections = new LinkedHashMap<>();
    private final List<SettingsProblem> problems = new ArrayList<>();
    private Path directory = Path.of("").toAbsolutePath();

    /** The one section at this path, however often it is asked for. The first is the root. */
    SettingsSection section(String path, JsonObject object) {
        return sections.computeIfAbsent(path, at -> new SettingsSection(this, at, object));
    }

    boolean isRoot(SettingsSection section) {
        return section == sections.values().iterator().next();
    }

    void startPathsAt(Path start) {
        directory = start;
    }

    /** Of the directory itself, which starts at the working directory. */
    Path start(String text) {
        return resolve(Path.of("").toAbsolutePath(), text);
    }

    Path resolve(String text) {
        return resolve(directory, text);
    }

    private static Path resolve(Path start, String text) {
        if (text.equals("~") || text.startsWith("~/")) {
            return RelayHome.userHome(System.getenv()).resolve(text.substring(Math.min(2, text.length())));
        }
        return start.resolve(text).normalize();
    }

    Path resolve(Path path) {
        return directory.resolve(path).normalize();
    }

    void add(String path, String message, @Nullable String suggestion) {
        problems.add(new SettingsProblem(path, message, suggestion));
    }

    List<SettingsProblem> problems() {
        return List.copyOf(problems);
    }

    /** Throws if there are problems; keys that nobody asked for come last. */
    void finish() {
        List<SettingsProblem> all = new ArrayList<>(problems);
        sections.values().forEach(section -> all.addAll(section.unknownKeys()));
        if (all.size() > MAX_PROBLEMS) {
            all.subList(MAX_PROBLEMS, all.size()).clear();
            all.add(new SettingsProblem("", "more problems than " + MAX_PROBLEMS + "; these are the first", null));
        }
        if (!all.isEmpty()) {
            throw new SettingsException(all);
        }
    }
}
