package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.HostPort;
import io.vertx.core.json.JsonObject;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The typed reading of a verticle's config. Reading goes on after a problem, with the default or an empty value in
 * place of what is wrong, and {@link #finish} at the end throws one exception with all problems, keys that nobody
 * asked for among them. So what was read must not be used before {@code finish} has returned.
 *
 * <p>A reader with a default takes the default when the key is absent; one without notes the key as missing.
 * Durations and sizes carry units: {@code 500ms}, {@code 30s}, {@code 10 min}, {@code 2h}, {@code 1d}; {@code 512B},
 * {@code 64KiB}, {@code 1MiB}, {@code 1GiB}. The key {@code directory} of the root says where relative paths start;
 * without it that is the working directory. For one thread, and for one reading.
 */
public final class Settings {
    private static final String DIRECTORY = "directory";

    private final SettingsReading reading;
    private final SettingsSection section;

    private Settings(SettingsReading reading, SettingsSection section) {
        this.reading = reading;
        this.section = section;
    }

    /** A verticle's whole config. */
    public static Settings of(JsonObject config) {
        return of(config, "");
    }

    /** A config that stands inside a file, at this path: problems are reported with paths of that file. */
    public static Settings of(JsonObject config, String at) {
        SettingsReading reading = new SettingsReading();
        Settings root = new Settings(reading, reading.section(at, config));
        reading.startPathsAt(root.path(DIRECTORY, Path.of("")));
        return root;
    }

    /** A text that must be there and not be empty. */
    public String text(String key) {
        String text = section.required(key, String.class, "text");
        if (text != null && text.isEmpty()) {
            reject(key, "empty");
        }
        return text == null ? "" : text;
    }

    public String text(String key, String standard) {
        return Objects.requireNonNullElse(optionalText(key), standard);
    }

    /** Null if absent. */
    public @Nullable String optionalText(String key) {
        return section.value(key, String.class, "text");
    }

    /** A whole number from min to max. */
    public int number(String key, int standard, int min, int max) {
        Number number = section.value(key, Number.class, "a number");
        if (number == null) {
            return standard;
        }
        if (number.doubleValue() != number.longValue() || number.longValue() < min || number.longValue() > max) {
            reject(key, "expected a whole number from " + min + " to " + max);
            return standard;
        }
        return number.intValue();
    }

    /** A TCP port; 0 is any free one. */
    public int port(String key, int standard) {
        return number(key, standard, 0, 65_535);
    }

    public boolean flag(String key, boolean standard) {
        return Objects.requireNonNullElse(section.value(key, Boolean.class, "true or false"), standard);
    }

    /** At least a millisecond. */
    public Duration duration(String key, Duration standard) {
        return duration(key, standard, Duration.ofMillis(1), Duration.ofDays(3650));
    }

    /** From min to max. */
    public Duration duration(String key, Duration standard, Duration min, Duration max) {
        return Duration.ofMillis(
                quantity(key, Quantity.DURATION, standard.toMillis(), new long[] {min.toMillis(), max.toMillis()}));
    }

    /** In bytes, at least one. */
    public long size(String key, long standard) {
        return size(key, standard, 1, Long.MAX_VALUE);
    }

    /** In bytes, from min to max. */
    public long size(String key, long standard, long min, long max) {
        return quantity(key, Quantity.SIZE, standard, new long[] {min, max});
    }

    private long quantity(String key, Quantity kind, long standard, long[] range) {
        String text = section.value(key, String.class, kind.example());
        if (text == null) {
            return standard;
        }
        OptionalLong amount = kind.parse(text);
        if (amount.isEmpty()) {
            reject(key, "expected " + kind.example());
            return standard;
        }
        if (amount.getAsLong() < range[0]) {
            reject(key, "expected at least " + kind.format(range[0]));
        } else if (amount.getAsLong() > range[1]) {
            reject(key, "expected at most " + kind.format(range[1]));
        }
        return amount.getAsLong();
    }

    /** {@code host:port}, which must be there. */
    public HostPort address(String key) {
        return parse(key, HostPort::parse, new HostPort("localhost", 0));
    }

    public HostPort address(String key, HostPort standard) {
        return Objects.requireNonNullElse(optional(key, HostPort::parse), standard);
    }

    /** {@code host:port}, or a port alone, as text or number, on the host; must be there. */
    public HostPort addressOrPort(String key, String host) {
        Object value = section.required(key, Object.class, "host:port or a port");
        HostPort parsed = value == null
                ? null
                : parsed(section.path(key), String.valueOf(value), text -> HostPort.parseOrPort(text, host));
        return parsed == null ? new HostPort(host, 0) : parsed;
    }

    /**
     * A file or directory, which must be given; relative ones start at the config's directory, {@code ~/} at the
     * user's home.
     */
    public Path path(String key) {
        return resolve(key, text(key));
    }

    public Path path(String key, Path standard) {
        String text = optionalText(key);
        return text == null ? reading.resolve(standard) : resolve(key, text);
    }

    /** Null if absent. */
    public @Nullable Path optionalPath(String key) {
        String text = optionalText(key);
        return text == null ? null : resolve(key, text);
    }

    private Path resolve(String key, String text) {
        try {
            // Relative paths start at this one: it does not start at itself.
            boolean start = key.equals(DIRECTORY) && reading.isRoot(section);
            return start ? reading.start(text) : reading.resolve(text);
        } catch (InvalidPathException e) {
            reject(key, "not a path");
            return Path.of("");
        }
    }

    /** One of the constants of an enum, written in lower case with {@code -} for {@code _}. */
    public <E extends Enum<E>> E choice(String key, E standard, Class<E> type) {
        String text = section.value(key, String.class, "text");
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        if (text != null) {
            reading.add(section.path(key), "expected " + String.join(" or ", names), Suggestion.nearest(text, names));
        }
        return standard;
    }

    /**
     * A text that must be there and that the parser takes; {@code standIn} is returned after a problem and never
     * used.
     */
    public <T> T parse(String key, Parser<T> parser, T standIn) {
        String text = section.required(key, String.class, "text");
        T value = text == null ? null : parsed(section.path(key), text, parser);
        return value == null ? standIn : value;
    }

    /** A text that the parser takes; null if absent (or after a problem). */
    public <T> @Nullable T optional(String key, Parser<T> parser) {
        String text = optionalText(key);
        return text == null ? null : parsed(section.path(key), text, parser);
    }

    /** A list of texts that the parser takes; those that it refuses are left out. */
    public <T> List<T> parseAll(String key, Parser<T> parser) {
        List<T> values = new ArrayList<>();
        section.elements(key, String.class, "text").forEach((path, text) -> {
            T value = parsed(path, text, parser);
            if (value != null) {
                values.add(value);
            }
        });
        return values;
    }

    private <T> @Nullable T parsed(String path, String text, Parser<T> parser) {
        try {
            return parser.parse(text);
        } catch (FormatException e) {
            reading.add(path, Objects.requireNonNullElse(e.getMessage(), "malformed"), null);
            return null;
        }
    }

    /** A list of texts; empty if absent. */
    public List<String> texts(String key) {
        return List.copyOf(section.elements(key, String.class, "text").values());
    }

    /** A group of keys; without any if absent. */
    public Settings section(String key) {
        JsonObject object = section.value(key, JsonObject.class, "a group of keys");
        return child(section.path(key), object == null ? new JsonObject() : object);
    }

    /** Whether the key is there, whatever its value. Does not count as asking for it. */
    public boolean has(String key) {
        return section.has(key);
    }

    /** A list of groups of keys; empty if absent. */
    public List<Settings> list(String key) {
        List<Settings> list = new ArrayList<>();
        section.elements(key, JsonObject.class, "a group of keys")
                .forEach((path, object) -> list.add(child(path, object)));
        return list;
    }

    /** A group whose keys are names and whose values are groups of keys, in their order; empty if absent. */
    public Map<String, Settings> entries(String key) {
        Map<String, Settings> entries = new LinkedHashMap<>();
        section.entries(key).forEach((name, object) -> {
            entries.put(name, child(SettingsPath.key(section.path(key), name), object));
        });
        return entries;
    }

    private Settings child(String path, JsonObject object) {
        return new Settings(reading, reading.section(path, object));
    }

    /** A group of keys as it is: whatever stands there is somebody else's to check. */
    public JsonObject raw(String key) {
        JsonObject object = section.value(key, JsonObject.class, "a group of keys");
        return object == null ? new JsonObject() : object;
    }

    /** Notes a problem that the caller has found with the value of a key. */
    public void reject(String key, String message) {
        reading.add(section.path(key), message, null);
    }

    /** What was found so far in the whole config, without unknown keys, which only {@link #finish} can tell. */
    public List<SettingsProblem> problems() {
        return reading.problems();
    }

    /** At the root, after everything was read: throws if there was any problem. In a section, does nothing. */
    public void finish() {
        if (reading.isRoot(section)) {
            reading.finish();
        }
    }

    /** Turns a text into a value, or says what is wrong with it. */
    @FunctionalInterface
    public interface Parser<T> {
        T parse(String text) throws FormatException;
    }
}
