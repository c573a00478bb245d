package dev.tcprelay.channel;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One group of keys, and which of them were asked for. */
final class SettingsSection {
    private final SettingsReading reading;
    private final String path;
    private final JsonObject object;
    private final Set<String> asked = new LinkedHashSet<>();

    SettingsSection(SettingsReading reading, String path, JsonObject object) {
        this.reading = reading;
        this.path = path;
        this.object = object;
    }

    String path(String key) {
        return SettingsPath.key(path, key);
    }

    boolean has(String key) {
        return object.containsKey(key);
    }

    /** Null if the key is absent, or after a problem. A group or a list without content counts as absent. */
    <T> @Nullable T value(String key, Class<T> type, String expected) {
        asked.add(key);
        Object value = object.getValue(key);
        boolean mayBeEmpty = type == JsonObject.class || type == JsonArray.class;
        if (value == null && (mayBeEmpty || !object.containsKey(key))) {
            return null;
        }
        return cast(path(key), value, type, expected);
    }

    /** As {@link #value}, but absence is a problem too. */
    <T> @Nullable T required(String key, Class<T> type, String expected) {
        if (!object.containsKey(key)) {
            asked.add(key);
            reading.add(path(key), "missing", null);
            return null;
        }
        return value(key, type, expected);
    }

    /** The elements of a list that have the type, by their paths. */
    <T> Map<String, T> elements(String key, Class<T> type, String expected) {
        JsonArray array = value(key, JsonArray.class, "a list");
        Map<String, T> elements = new LinkedHashMap<>();
        for (int i = 0; array != null && i < array.size(); i++) {
            String place = SettingsPath.index(path(key), i);
            T element = cast(place, array.getValue(i), type, expected);
            if (element != null) {
                elements.put(place, element);
            }
        }
        return elements;
    }

    /** The groups of keys inside a group whose keys are names; a name without content is an empty group. */
    Map<String, JsonObject> entries(String key) {
        Map<String, JsonObject> entries = new LinkedHashMap<>();
        JsonObject group = value(key, JsonObject.class, "a group of keys");
        if (group == null) {
            return entries;
        }
        for (String name : group.fieldNames()) {
            Object value = group.getValue(name);
            String place = SettingsPath.key(path(key), name);
            JsonObject entry =
                    value == null ? new JsonObject() : cast(place, value, JsonObject.class, "a group of keys");
            if (entry != null) {
                entries.put(name, entry);
            }
        }
        return entries;
    }

    private <T> @Nullable T cast(String place, @Nullable Object value, Class<T> type, String expected) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        reading.add(place, "expected " + expected + ", found " + describe(value), null);
        return null;
    }

    private static String describe(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        } else if (value instanceof CharSequence) {
            return "text";
        } else if (value instanceof Number) {
            return "a number";
        } else if (value instanceof Boolean) {
            return "true or false";
        } else if (value instanceof JsonObject) {
            return "a group of keys";
        }
        return value instanceof JsonArray ? "a list" : "something else";
    }

    /** A problem for each key that nobody asked for. */
    List<SettingsProblem> unknownKeys() {
        List<SettingsProblem> unknown = new ArrayList<>();
        for (String key : object.fieldNames()) {
            if (!asked.contains(key)) {
                List<String> free = asked.stream().filter(known -> !has(known)).toList();
                unknown.add(new SettingsProblem(path(key), "unknown key", Suggestion.nearest(key, free)));
            }
        }
        return unknown;
    }
}
