package dev.tcprelay.relay;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users file, read again when its text has changed. Blocking; used by one thread at a time. (Its text is compared,
 * not its time of change: two changes within the clock's step would be one otherwise, and the file is small.)
 */
final class UsersFile {
    private final Path file;
    private final Set<PublicKey> forbidden;
    private @Nullable String text;
    private @Nullable String trouble;

    /** @param forbidden keys that no user may have: the relay's own */
    UsersFile(Path file, Set<PublicKey> forbidden) {
        this.file = file;
        this.forbidden = forbidden;
    }

    /**
     * The users if the file has changed since the last call, else empty. A file that cannot be read or is wrong is
     * reported once and changes nothing (M53).
     *
     * @throws IOException if it cannot be read or others may read it; the message names the file and the fix
     */
    Optional<Users> changed() throws IOException {
        String now = read();
        if (now == null || now.equals(text)) {
            return Optional.empty();
        }
        text = now;
        try {
            return Optional.of(Users.parse(now, forbidden));
        } catch (FormatException e) {
            throw new IOException(file + ":" + e.line() + ": " + e.problem(), e);
        }
    }

    /** The text, or null when it cannot be read for the reason that was reported already. */
    private @Nullable String read() throws IOException {
        try {
            String now = SecretFiles.read(file);
            trouble = null;
            return now;
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            if (message.equals(trouble)) {
                return null;
            }
            trouble = message;
            throw e;
        }
    }
}
