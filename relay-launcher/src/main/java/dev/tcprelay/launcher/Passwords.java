package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a password comes from: a file, the variable RELAY_PASSWORD, or the person at the terminal. Never the command
 * line.
 */
record Passwords(Surroundings surroundings) {
    static final String VARIABLE = "RELAY_PASSWORD";

    /** A password that is being chosen: at the terminal it is typed twice. The caller erases it. */
    char[] choose(@Nullable Path file) throws FileSystemException, CommandException {
        return read(file, true);
    }

    /** A password that exists. The caller erases it. */
    char[] ask(@Nullable Path file) throws FileSystemException, CommandException {
        return read(file, false);
    }

    private char[] read(@Nullable Path file, boolean twice) throws FileSystemException, CommandException {
        if (file != null) {
            return onlyLine(file, SecretFiles.read(file));
        }
        String variable = surroundings.environment().get(VARIABLE);
        if (variable != null) {
            return variable.toCharArray();
        }
        Terminal terminal = surroundings.terminal();
        if (terminal == null) {
            String message = "no password, and no terminal to ask for it. Use --password-file FILE or the variable ";
            throw new CommandException(ExitCode.USAGE, message + VARIABLE + ".");
        }
        char[] first = prompt(terminal, "password: ");
        if (twice) {
            char[] second = prompt(terminal, "the same again: ");
            boolean same = Arrays.equals(first, second);
            Arrays.fill(second, ' ');
            if (!same) {
                Arrays.fill(first, ' ');
                throw new CommandException(ExitCode.USAGE, "the two passwords differ. Try again.");
            }
        }
        return first;
    }

    private static char[] prompt(Terminal terminal, String prompt) throws CommandException {
        char[] typed = terminal.readSecret(prompt);
        if (typed == null) {
            throw new CommandException(ExitCode.INTERRUPTED, "no password was typed. Nothing was changed.");
        }
        return typed;
    }

    private static char[] onlyLine(Path file, String text) throws CommandException {
        String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
            throw new CommandException(
                    ExitCode.USAGE, file + " has more than one line. A password file is one line, the password.");
        }
        return line.toCharArray();
    }
}
