package dev.tcprelay.relay;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.WatchedFile;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The users file, read again when its text has changed. Blocking; used by one thread at a time. */
final class UsersFile {
    private final WatchedFile file;
    private final Set<PublicKey> forbidden;

    /** @param forbidden keys that no user may have: the relay's own */
    UsersFile(Path file, Set<PublicKey> forbidden) {
        this.file = new WatchedFile(file, SecretFiles::read);
        this.forbidden = forbidden;
    }

    /**
     * The users if the file has changed since the last call, else empty. A file that cannot be read or is wrong is
     * reported once and changes nothing (M53).
     *
     * @throws IOException if it cannot be read or others may read it; the message names the file and the fix
     */
    Optional<Users> changed() throws IOException {
        Optional<String> text = file.changed();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Users.parse(text.get(), forbidden));
        } catch (FormatException e) {
            throw new IOException(file.file() + ":" + e.line() + ": " + e.problem(), e);
        }
    }
}
