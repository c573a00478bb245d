package dev.tcprelay.channel;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whom a file belongs to and who else may use it.
 *
 * @param owner the numeric id of its owner
 * @param bits the lower nine bits of its mode
 */
record FileMode(int owner, int bits) {
    private static final int GROUP_AND_OTHERS = 0077;
    private static final int MOUNTED = 0440;

    static FileMode of(Path file) throws IOException {
        return new FileMode(
                (Integer) Files.getAttribute(file, "unix:uid"), (Integer) Files.getAttribute(file, "unix:mode") & 0777);
    }

    /** Only the owner has access, or it is a secret that an orchestrator has mounted for a group. */
    boolean secret() {
        return (bits & GROUP_AND_OTHERS) == 0 || (owner == 0 && bits == MOUNTED);
    }

    void checkSecret(Path file) throws FileSystemException {
        if (!secret()) {
            String fix = String.format("mode %04o lets others at this secret; run: chmod 600 %s", bits, file);
            throw new FileSystemException(file.toString(), null, fix);
        }
    }
}
