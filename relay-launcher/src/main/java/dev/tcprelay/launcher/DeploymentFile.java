package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.channel.SettingsPath;
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
 * A config file that lists verticles to deploy: {@code verticles}, each with its {@code verticle} (a kind, or the class
 * of a verticle of your own), {@code instances} and {@code config} (as the verticle documents it).
 *
 * Reading it also reads every config with the options of its kind, so that all problems of a file are known before
 * anything is deployed.
 */
final class DeploymentFile {
    private static final int MAX_INSTANCES = 1024;
    private static final String VERTICLES = "verticles";

    private final String name;
    private final String text;
    private final Path directory;
    private final List<VerticleKind> kinds;
    private final YamlFile yaml;
    private final List<Entry> entries = new ArrayList<>();
    private final List<FileProblem> problems = new ArrayList<>();

    private DeploymentFile(Path file, String text, Surroundings surroundings) {
        this.name = file.toString();
        this.text = text;
        this.directory = file.toAbsolutePath().normalize().resolveSibling("");
        this.kinds = surroundings.kinds();
        this.yaml = YamlFile.parse(name, text, surroundings.environment());
    }

    /**
     * One verticle to deploy.
     *
     * @param path of the entry in its file
     * @param verticle the kind's name or the class name
     * @param kind null for a class of the user's own
     */
    record Entry(String path, String verticle, @Nullable VerticleKind kind, int instances, JsonObject config) {
        /** Whether the same verticle is to run as often; its config may differ. */
        boolean runsAs(Entry other) {
            return verticle.equals(other.verticle) && instances == other.instances;
        }
    }

    /** Throws only if the file cannot be read. */
    static DeploymentFile read(Path file, Surroundings surroundings) throws FileSystemException {
        return parse(file, SecretFiles.readPublic(file), surroundings);
    }

    /** The same from the text that was read from the file. */
    static DeploymentFile parse(Path file, String text, Surroundings surroundings) {
        DeploymentFile deployment = new DeploymentFile(file, text, surroundings);
        deployment.problems.addAll(deployment.yaml.problems());
        deployment.read();
        return deployment;
    }

    /** As the user named it. */
    String name() {
        return name;
    }

    /** What was read. */
    String text() {
        return text;
    }

    /** In the order of the file; to be used only if there are no {@link #problems}. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** In the order of the file. */
    List<FileProblem> problems() {
        return problems.stream().sorted().distinct().toList();
    }

    /**
     * Places why a verticle could not do something with its config.
     *
     * @param failed what it could not do: {@code did not start}
     */
    List<FileProblem> locate(Entry entry, String failed, Throwable cause) {
        if (cause instanceof SettingsException wrong) {
            return locate(entry, wrong);
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return List.of(locate(entry, entry.verticle() + " " + failed + ": " + reason));
    }

    private List<FileProblem> locate(Entry entry, SettingsException e) {
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

    /** A problem with the list of verticles. */
    FileProblem locate(String message) {
        return yaml.locate(VERTICLES, message);
    }

    private void read() {
        Settings root = Settings.of(yaml.json());
        int index = 0;
        List<Settings> list = root.list(VERTICLES);
        if (list.isEmpty() && !root.has(VERTICLES)) {
            root.reject(VERTICLES, "missing; it lists the verticles to deploy");
        }
        for (Settings settings : list) {
            readEntry(settings, SettingsPath.index(VERTICLES, index++));
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
