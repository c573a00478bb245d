package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay psk}: the pre-shared keys that skeletons and clients have and relays do not. */
@Command(
        name = "psk",
        mixinStandardHelpOptions = true,
        description = {
            "The pre-shared keys of server ids, kept in $RELAY_HOME/psk/ID.psk with mode 0600.",
            "Each id has one; its skeletons and its clients need the same, and the relay must never have it."
        })
final class PskCommand {
    /** More than two of them with comments. */
    private static final int MAX_INPUT = 4096;

    private final Surroundings surroundings;

    PskCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Command(
            name = "new",
            mixinStandardHelpOptions = true,
            description = "Makes a new random psk, and never over an existing one.")
    int create(@Parameters(paramLabel = "ID", description = "The server id.") ServerId id) throws FileSystemException {
        Path file = surroundings.home().psk(id);
        SecretFiles.create(file, Psk.generate(surroundings.random()).format() + "\n");
        surroundings.out().println("the psk of " + id + " is in " + file);
        return ExitCode.DONE.number();
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "Reads a psk from standard input, as 'relay psk show' prints it.",
                "Two lines are a rotation: a client tries both."
            })
    int read(
            @Parameters(paramLabel = "ID", description = "The server id.") ServerId id,
            @Option(names = "--replace", description = "Replace the psk that is there.") boolean replace)
            throws IOException, CommandException, FormatException {
        List<Psk> psks = Psk.parseFile(input(id));
        String text = psks.stream().map(psk -> psk.format() + "\n").collect(Collectors.joining());
        Path file = surroundings.home().psk(id);
        if (replace) {
            SecretFiles.replace(file, text);
        } else {
            SecretFiles.create(file, text);
        }
        surroundings.out().println("the psk of " + id + " is in " + file);
        return ExitCode.DONE.number();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints a psk: a secret. Hand it to 'relay psk import' on the other side.")
    int show(@Parameters(paramLabel = "ID", description = "The server id.") ServerId id)
            throws FileSystemException, CommandException {
        Path file = surroundings.home().psk(id);
        String text = SecretFiles.read(file);
        try {
            Psk.parseFile(text).forEach(psk -> surroundings.out().println(psk.format()));
        } catch (FormatException e) {
            throw new CommandException(ExitCode.FAILED, file + ": " + e.getMessage(), e);
        }
        return ExitCode.DONE.number();
    }

    private String input(ServerId id) throws IOException, CommandException {
        Terminal terminal = surroundings.terminal();
        if (terminal != null) {
            char[] typed = terminal.readSecret("psk of " + id + " (not shown): ");
            if (typed == null) {
                throw new CommandException(ExitCode.INTERRUPTED, "no psk was typed. Nothing was changed.");
            }
            return new String(typed);
        }
        byte[] bytes = surroundings.in().readNBytes(MAX_INPUT + 1);
        if (bytes.length > MAX_INPUT) {
            throw new CommandException(
                    ExitCode.USAGE, "the input is longer than a psk. It is one line of 59 characters.");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
