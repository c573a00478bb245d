package dev.tcprelay.relay;

import dev.tcprelay.channel.SecretFiles;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix domain socket that nobody but its owner (and root) can ever reach: it is bound in a directory that
 * only its owner may enter, gets its mode there, and is then moved to its place. Blocks; not for event loops.
 */
final class SocketFile {
    /** struct sockaddr_un has 108 bytes for it on Linux, 104 elsewhere, with a zero at the end. */
    static final int LONGEST = System.getProperty("os.name", "").startsWith("Linux") ? 107 : 103;

    private static final int TYPE_OF_FILE = 0170000;
    private static final int SOCKET = 0140000;
    /** At most six digits of base 36: the hidden path is no longer than one that ends in admin.sock. */
    private static final int NAMES = 1 << 30;

    private final Path path;
    private final Path hidden;
    private boolean published;

    SocketFile(Path path, SecureRandom random) {
        this.path = path;
        String name = "." + Integer.toString(random.nextInt(NAMES), 36);
        this.hidden = path.resolveSibling(name).resolve("s");
    }

    /**
     * Makes the directory in which the socket is to be bound.
     *
     * @return the path to bind; then comes {@link #publish} or, if that fails, {@link #remove}
     * @throws IOException if the path is too long, taken, or cannot be made; the message says what to do
     */
    Path prepare() throws IOException {
        int size = Math.max(bytes(path), bytes(hidden));
        if (size > LONGEST) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "the path of a Unix domain socket has at most " + LONGEST + " bytes, this one has " + size
                            + "; choose a shorter one: admin.socket in a config file, or relay serve --admin-socket");
        }
        checkFree();
        SecretFiles.createDirectories(parent());
        try {
            Files.createDirectory(hidden.resolveSibling(""), mode("rwx------"));
        } catch (IOException e) {
            throw new IOException(
                    path + ": the admin socket cannot be made (" + e.getClass().getSimpleName()
                            + "); choose a directory that can be written: admin.socket in a config file, or relay serve"
                            + " --admin-socket",
                    e);
        }
        return hidden;
    }

    /** After it was bound. Replaces what a dead process has left. */
    void publish() throws IOException {
        if (posix()) {
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
        }
        Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
        published = true;
        Files.delete(hidden.resolveSibling(""));
    }

    /** Takes back whatever was made. To be called before the socket is closed, when no other process can have it. */
    void remove() throws IOException {
        if (published) {
            published = false;
            Files.deleteIfExists(path);
        }
        Files.deleteIfExists(hidden);
        Files.deleteIfExists(hidden.resolveSibling(""));
    }

    private void checkFree() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket()) {
            throw new FileSystemException(
                    path.toString(), null, "there is another file where the admin socket is to be; move it away");
        }
        String trouble = inUse();
        if (trouble != null) {
            throw new FileSystemException(path.toString(), null, trouble);
        }
    }

    private boolean isSocket() throws IOException {
        if (!posix()) {
            return true;
        }
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & TYPE_OF_FILE) == SOCKET;
    }

    /** Null when the process whose socket it was is no more. */
    private @Nullable String inUse() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false); // one whose backlog is full would keep us
            boolean unused = channel.connect(UnixDomainSocketAddress.of(path));
            return "a relay that runs has this admin socket; stop it, or give this one a directory or admin socket"
                    + " of its own";
        } catch (ConnectException refused) {
            return null;
        } catch (IOException e) {
            return "cannot tell whether a relay has this admin socket (" + e.getMessage() + "); remove it if none runs";
        }
    }

    private Path parent() {
        return path.toAbsolutePath().resolveSibling("");
    }

    /** Whether a socket can have this path. */
    static boolean fits(Path path) {
        return bytes(path) <= LONGEST;
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private FileAttribute<?>[] mode(String mode) {
        return posix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private boolean posix() {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }
}
