package dev.tcprelay.skeleton;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.WatchedFile;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The file with the psk of one id, read again when it has changed. Blocks; for one thread at a time. */
final class PskFile {
    private final ServerId id;
    private final WatchedFile file;

    PskFile(ServerId id, Path file) {
        this.id = id;
        this.file = new WatchedFile(file, SecretFiles::read);
    }

    /**
     * The psk if the file has changed since the last call, else empty. It is the first of the file: a second one is for
     * clients, while the psk changes.
     *
     * @throws FileSystemException if the file is missing, wrong or readable by others, once for each reason; the
     *     message names it and what to do
     */
    Optional<Psk> changed() throws FileSystemException {
        try {
            Optional<String> text = file.changed();
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Psk.parseFile(text.get()).get(0));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(
                    file.file().toString(),
                    null,
                    "there is no such file; make it with `relay psk new " + id + "` and give it to the clients of " + id
                            + " too");
        } catch (FormatException e) {
            throw new FileSystemException(file.file() + (e.line() == 0 ? "" : ":" + e.line()), null, e.problem());
        }
    }
}
