package dev.tcprelay.launcher;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What one step of {@code relay doctor} has found.
 *
 * @param step its name; for the steps of one server with its id before it
 * @param text what was found; if that is not well, also what to do
 */
record Finding(Verdict verdict, String step, String text) {
    /** How it looks. */
    enum Verdict {
        OK("ok"),
        /** Works, but is not as it should be. */
        WARN("warn"),
        FAIL("FAIL"),
        /** Not checked. */
        SKIP("skip");

        private final String shown;

        Verdict(String shown) {
            this.shown = shown;
        }
    }

    /** For a person. */
    String line() {
        return String.format("%-4s  %s: %s", verdict.shown, step, text.replaceAll("\\R", " "));
    }

    /** For a program. */
    JsonObject json() {
        return new JsonObject()
                .put("step", step)
                .put("verdict", verdict.shown.toLowerCase(Locale.ROOT))
                .put("text", text);
    }
}
