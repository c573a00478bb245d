package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.RelayPem;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Reads files that are no secrets; what is wrong with them is reported with their names. */
final class PublicFiles {
    private PublicFiles() {}

    static RelayPem relayPem(Path file) throws FileSystemException, CommandException {
        String text = SecretFiles.readPublic(file);
        try {
            return RelayPem.parse(text);
        } catch (FormatException e) {
            throw new CommandException(ExitCode.USAGE, file + ": " + e.getMessage(), e);
        }
    }
}
