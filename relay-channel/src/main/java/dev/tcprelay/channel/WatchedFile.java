package dev.tcprelay.channel;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is looked at again and again. Its text is compared, not its time of change: two changes within the
 * clock's step would be one otherwise. Blocks; for one thread at a time.
 */
public final class WatchedFile {
    private final Path file;
    private final Reading reading;
    private @Nullable String text;
    private @Nullable String trouble;

    /** How the file is read: {@link SecretFiles#read} or {@link SecretFiles#readPublic}. */
    @FunctionalInterface
    public interface Reading {
        String read(Path file) throws FileSystemException;
    }

    public WatchedFile(Path file, Reading reading) {
        this(file, reading, null);
    }

    /** @param known its text as it was read already; null to have the first look report it */
    public WatchedFile(Path file, Reading reading, @Nullable String known) {
        this.file = file;
        this.reading = reading;
        this.text = known;
    }

    public Path file() {
        return file;
    }

    /**
     * The text if it has changed since the last look, else empty. A file that cannot be read is reported once for each
     * reason, and counts as unchanged then.
     *
     * @throws FileSystemException if it cannot be read; the message names the file and what to do
     */
    public Optional<String> changed() throws FileSystemException {
        String now;
        try {
            now = reading.read(file);
            trouble = null;
        } catch (FileSystemException e) {
            String message = String.valueOf(e.getMessage());
            if (message.equals(trouble)) {
                return Optional.empty();
            }
            trouble = message;
            throw e;
        }
        if (now.equals(text)) {
            return Optional.empty();
        }
        text = now;
        return Optional.of(now);
    }
}
