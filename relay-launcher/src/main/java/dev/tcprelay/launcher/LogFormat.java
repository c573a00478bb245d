package dev.tcprelay.launcher;

import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/** How a line of the log looks; see {@link LogConfiguration}. */
enum LogFormat {
    /** For people: time, level, where, and a sentence. */
    TEXT,
    /** For programs: a JSON object a line, by {@link JsonLines}. */
    JSON;

    static LogFormat parse(String text) {
        for (LogFormat format : values()) {
            if (format.toString().equals(text)) {
                return format;
            }
        }
        throw new TypeConversionException("expected text or json");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
