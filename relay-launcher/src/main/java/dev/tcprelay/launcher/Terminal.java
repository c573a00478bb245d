package dev.tcprelay.launcher;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** The person at the keyboard. */
interface Terminal {
    /** What was typed, without showing it; null at the end of input. The caller erases it. */
    char @Nullable [] readSecret(String prompt);

    /** The terminal of this process, or null if its input or output is redirected. */
    @SuppressWarnings("SystemConsoleNull")
    static @Nullable Terminal ofProcess() {
        // The other console, which JDK 22 brought, exists without a terminal too.
        System.setProperty("jdk.console", "java.base");
        Console console = System.console();
        return console == null ? null : prompt -> console.readPassword("%s", prompt);
    }
}
