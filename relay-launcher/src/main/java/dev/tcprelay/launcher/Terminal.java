package dev.tcprelay.launcher;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** The person at the keyboard. */
interface Terminal {
    /** What was typed, without showing it; null at the end of input. The caller erases it. */
    char @Nullable [] readSecret(String prompt);

    /** A line that was typed, shown as it is typed; null at the end of input. */
    default @Nullable String readLine(String prompt) {
        char[] typed = readSecret(prompt);
        return typed == null ? null : new String(typed);
    }

    /** The terminal of this process, or null if its input or output is redirected. */
    @SuppressWarnings("SystemConsoleNull")
    static @Nullable Terminal ofProcess() {
        // The other console, which JDK 22 brought, exists without a terminal too.
        System.setProperty("jdk.console", "java.base");
        Console console = System.console();
        return console == null ? null : new OfConsole(console);
    }

    /** The JDK's console. */
    record OfConsole(Console console) implements Terminal {
        @Override
        public char @Nullable [] readSecret(String prompt) {
            return console.readPassword("%s", prompt);
        }

        @Override
        public @Nullable String readLine(String prompt) {
            return console.readLine("%s", prompt);
        }
    }
}
