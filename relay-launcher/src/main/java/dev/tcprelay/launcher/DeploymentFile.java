package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.channel.SettingsProblem;
import dev.tcprelay.channel.Suggestion;
import io.vertx.core.Deployable;
import io.vertx.core.json.JsonObject;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A config file that lists verticles to deploy:
 *
 * <pre> verticles: - verticle: relay     # a kind, or the class of a verticle of your own instances: 1 config: { ...
 * }     # as the verticle documents it </pre>
 *
 * Reading it also reads every config with the options of its kind, so that all problems of a file are known before
 * anything is deployed.
 */
final class DeploymentFile {
    private static final int MAX_INSTANCES = 1024;

    private final String name;
    private final Path directory;
    private final List<VerticleKind> kinds;
    private final YamlFile yaml;
    private final List<Entry> entries = new ArrayList<>();
    private final List<FileProblem> problems = new ArrayList<>();

    private DeploymentFile(Path file, List<VerticleKind> kinds, YamlFile yaml) {
        this.name = file.toString();
        this.directory = file.toAbsolutePath().normalize().resolveSibling("");
        this.kinds = kinds;
        this.yaml = yaml;
    }

    /**
     * One verticle to deploy.
     *
     * @param path of the entry in its file
     * @param verticle the kind's name or the class name
     * @param kind null for a class of the user's own
     */
    record Entry(String path, String verticle, @Nullable VerticleKind kind, int instances, JsonObject config) {}

    /** Throws only if the file cannot be read. */
    static DeploymentFile read(Path file, Surroundings surroundings) throws FileSystemException {
        YamlFile yaml = YamlFile.parse(file.toString(), SecretFiles.readPublic(file), surroundings.environment());
        DeploymentFile deployment = new DeploymentFile(file, surroundings.kinds(), yaml);
        deployment.problems.addAll(yaml.problems());
        deployment.read();
        return deployment;
    }

    /** As the user named it. */
    String name() {
        return name;
    }

    /** In the order of the file; to be used only if there are no {@link #problems}. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** In the order of the file. */
    List<FileProblem> problems() {
        return problems.stream().sorted().distinct().toList();
    }

    /** Places what a verticle, while it started, found wrong with its config. */
    List<FileProblem> locate(Entry entry, SettingsException e) {
        String config = entry.path() + ".config";
        List<SettingsProblem> found = new ArrayList<>();
        for (SettingsProblem problem : e.problems()) {
            boolean whole = problem.path().isEmpty();
            String path = whole ? config : config + "." + problem.path();
            found.add(new SettingsProblem(path, problem.message(), problem.suggestion()));
        }
        return yaml.locate(found);
    }

    /** A problem with an entry as a whole. */
    FileProblem locate(Entry entry, String message) {
        return yaml.locate(entry.path(), message);
    }

    private void read() {
        Settings root = Settings.of(yaml.json());
        int index = 0;
        List<Settings> list = root.list("verticles");
        if (list.isEmpty() && !root.has("verticles")) {
            root.reject("verticles", "missing; it lists the verticles to deploy");
        }
        for (Settings settings : list) {
            readEntry(settings, "verticles[" + index++ + "]");
        }
        collect(root::finish);
    }

    private void readEntry(Settings settings, String path) {
        String verticle = settings.text("verticle");
        VerticleKind kind = kind(verticle);
        if (kind == null && !verticle.isEmpty()) {
            checkClass(settings, verticle);
        }
        int most = kind == null ? MAX_INSTANCES : kind.maxInstances();
        int instances = settings.number("instances", 1, 1, most);
        JsonObject config = settings.raw("config").copy();
        if (kind != null) {
            startPathsHere(config);
            verify(kind, config, path + ".config");
        }
        entries.add(new Entry(path, verticle, kind, instances, config));
    }

    private @Nullable VerticleKind kind(String verticle) {
        return kinds.stream()
                .filter(kind -> kind.name().equals(verticle))
                .findAny()
                .orElse(null);
    }

    private void checkClass(Settings settings, String verticle) {
        List<String> names = kinds.stream().map(VerticleKind::name).toList();
        if (verticle.indexOf('.') < 0) {
            String nearest = Suggestion.nearest(verticle, names);
            String suggestion = nearest == null ? "" : "; did you mean " + nearest + "?";
            settings.reject(
                    "verticle", "expected " + String.join(", ", names) + " or the name of a class" + suggestion);
            return;
        }
        try {
            Class<?> type = Class.forName(verticle, false, DeploymentFile.class.getClassLoader());
            if (!Deployable.class.isAssignableFrom(type)) {
                settings.reject("verticle", "the class is no verticle");
            }
        } catch (ClassNotFoundException | LinkageError e) {
            settings.reject("verticle", "there is no such class on the class path");
        }
    }

    /** Relative paths in a file start at the file, wherever the command was typed. */
    private void startPathsHere(JsonObject config) {
        Object given = config.getValue("directory");
        if (given == null || given instanceof String) {
            String start = Objects.requireNonNullElse((String) given, "");
            config.put(
                    "directory",
                    start.startsWith("~") ? start : directory.resolve(start).toString());
        }
    }

    private void verify(VerticleKind kind, JsonObject config, String path) {
        Settings settings = Settings.of(config, path);
        collect(() -> {
            try {
                Objects.requireNonNull(kind.options().apply(settings));
            } catch (SettingsException e) {
                throw e;
            } catch (RuntimeException e) {
                // The stand-in for a wrong value may have upset the options; then the real problem is known.
                if (settings.problems().isEmpty()) {
                    throw e;
                }
                throw new SettingsException(settings.problems());
            }
            settings.finish();
        });
    }

    private void collect(Runnable reading) {
        try {
            reading.run();
        } catch (SettingsException e) {
            problems.addAll(yaml.locate(e.problems()));
        }
    }
}
