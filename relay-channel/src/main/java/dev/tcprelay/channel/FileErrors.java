package dev.tcprelay.channel;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Makes errors of files say what they are: the platform's own often consist of the file's name alone. */
public final class FileErrors {
    private FileErrors() {}

    /** Something with files. */
    @FunctionalInterface
    public interface Step<T> {
        T run() throws IOException;
    }

    /**
     * Runs a step; what fails is reported with the file's name and a reason, in the same class if it is one of the
     * common.
     */
    static <T> T named(Path file, Step<T> step) throws FileSystemException {
        try {
            return step.run();
        } catch (FileSystemException e) {
            if (e.getReason() != null) {
                throw e;
            }
            throw named(file.toString(), e);
        } catch (IOException e) {
            FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    private static FileSystemException named(String file, FileSystemException e) {
        FileSystemException named;
        if (e instanceof NoSuchFileException) {
            named = new NoSuchFileException(file, null, "there is no such file");
        } else if (e instanceof FileAlreadyExistsException) {
            named = new FileAlreadyExistsException(file, null, "there is such a file already");
        } else if (e instanceof AccessDeniedException) {
            named = new AccessDeniedException(file, null, "permission denied");
        } else {
            String reason = e instanceof FileSystemLoopException
                    ? "links in a circle"
                    : e.getClass().getSimpleName();
            named = new FileSystemException(file, null, reason);
        }
        named.initCause(e);
        return named;
    }
}
