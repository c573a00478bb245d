package dev.tcprelay.channel;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a config. It never repeats a value that was refused, since that may be a secret in the
 * wrong place.
 *
 * @param path where it is, as {@link SettingsPath} writes it; empty for the whole config
 * @param message what is wrong
 * @param suggestion what was probably meant, or null
 */
public record SettingsProblem(
        String path, String message, @Nullable String suggestion) {
    /** {@code servers[1].tarjet: unknown key; did you mean target?} */
    @Override
    public String toString() {
        String place = path.isEmpty() ? "" : path + ": ";
        return place + message + (suggestion == null ? "" : "; did you mean " + suggestion + "?");
    }
}
