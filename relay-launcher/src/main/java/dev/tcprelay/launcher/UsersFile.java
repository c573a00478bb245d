package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.Users;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/**
 * The users file of a relay, edited in place: comments and other lines stay, and a relay never sees half of an edit.
 */
record UsersFile(Path path) {
    /** Changes the text of a file. */
    @FunctionalInterface
    interface Edit {
        String apply(String text) throws FormatException;
    }

    Users read() throws FileSystemException {
        return parse(SecretFiles.read(path));
    }

    /** An edit of a file that must be there. */
    void edit(Edit edit) throws IOException {
        write(edit, false);
    }

    /** An edit that may make the file. */
    void editOrCreate(Edit edit) throws IOException {
        write(edit, true);
    }

    private void write(Edit edit, boolean create) throws IOException {
        if (!create && !Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such file");
        }
        SecretFiles.locked(path, () -> {
            String before = Files.exists(path) ? SecretFiles.read(path) : "";
            String after;
            try {
                after = edit.apply(before);
            } catch (FormatException e) {
                throw wrong(e);
            }
            parse(after);
            if (!after.equals(before)) {
                SecretFiles.replace(path, after);
            }
            return after;
        });
    }

    private Users parse(String text) throws FileSystemException {
        try {
            return Users.parse(text, relayKey());
        } catch (FormatException e) {
            throw wrong(e);
        }
    }

    /** The relay.pem that lies beside the file. */
    Path relayPem() {
        return path.toAbsolutePath().resolveSibling("relay.pem");
    }

    private Set<PublicKey> relayKey() throws FileSystemException, FormatException {
        Path file = relayPem();
        return Files.exists(file)
                ? Set.of(RelayPem.parse(SecretFiles.readPublic(file)).publicKey())
                : Set.of();
    }

    private FileSystemException wrong(FormatException e) {
        FileSystemException wrong = new FileSystemException(path.toString(), null, e.getMessage());
        wrong.initCause(e);
        return wrong;
    }
}
