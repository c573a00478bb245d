package dev.tcprelay.launcher;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message for the person who typed it: what happened, and what to do. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    CommandException(ExitCode code, String message) {
        this(code, message, null);
    }

    CommandException(ExitCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
