package dev.tcprelay.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Reads and writes files that hold secrets (docs/protocol.md, M52). Such a file is created with mode 0600, never
 * changed to it afterwards, and refused when group or others have any access to it. The one exception is a mounted
 * secret: owned by root, mode 0440, read through the process's group. Symbolic links are resolved first.
 *
 * <p>Where files have no POSIX mode (Windows) nothing is checked: who may read them is decided by the access list
 * that they inherit from their directory.
 *
 * <p>Blocks; not for event loops. All errors are {@link FileSystemException}s whose message names the file and says
 * what to do.
 */
public final class SecretFiles {
    /** Of any file that is read. */
    public static final int MAX_SIZE = 1 << 20;

    private static final FileAttribute<?> ONLY_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> ONLY_OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private SecretFiles() {}

    /** The text of a file of at most {@link #MAX_SIZE} bytes of UTF-8 that nobody else can read. */
    public static String read(Path file) throws FileSystemException {
        return FileErrors.named(file, () -> {
            Path real = file.toRealPath();
            if (!Files.isRegularFile(real)) {
                throw new FileSystemException(file.toString(), null, "not a file");
            }
            if (posix(real)) {
                FileMode.of(real).checkSecret(file);
            }
            return readBounded(file, real);
        });
    }

    /** The text of a file that is no secret, whatever its mode; at most {@link #MAX_SIZE} bytes of UTF-8. */
    public static String readPublic(Path file) throws FileSystemException {
        return FileErrors.named(file, () -> readBounded(file, file));
    }

    private static String readBounded(Path file, Path real) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(real)) {
            bytes = in.readNBytes(MAX_SIZE + 1);
        }
        if (bytes.length > MAX_SIZE) {
            throw new FileSystemException(file.toString(), null, "larger than 1 MiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FileSystemException(file.toString(), null, "not a text in UTF-8");
        }
    }

    /**
     * A new file with mode 0600, in a directory that is made if it is missing. Throws FileAlreadyExistsException, and
     * leaves the file as it is, if there is one.
     */
    public static void create(Path file, String content) throws FileSystemException {
        FileErrors.named(file, () -> {
            createDirectories(file.toAbsolutePath().resolveSibling(""));
            write(file, content);
            return file;
        });
    }

    /**
     * The file with another content, in one step: a reader sees the old or the new file, whole. It is made if it is
     * missing. An existing file keeps its owner; its mode becomes 0600. Where a symbolic link leads is replaced, not
     * the link.
     */
    public static void replace(Path file, String content) throws FileSystemException {
        FileErrors.named(file, () -> {
            createDirectories(file.toAbsolutePath().resolveSibling(""));
            Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path fresh = real.resolveSibling("." + real.getFileName() + "." + Long.toHexString(System.nanoTime()));
            write(fresh, content);
            try {
                keepOwner(real, fresh);
                Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
            return file;
        });
    }

    /** The directory and its missing parents, with mode 0700; those that exist stay as they are. */
    public static void createDirectories(Path directory) throws FileSystemException {
        FileErrors.named(directory, () -> {
            if (Files.isDirectory(directory)) {
                return directory;
            }
            return posix(directory)
                    ? Files.createDirectories(directory, ONLY_OWNER_DIRECTORY)
                    : Files.createDirectories(directory);
        });
    }

    /**
     * Does something while no other process or thread does so for the same file: between a {@link #read} and the {@link
     * #replace} that depends on it. The lock is an empty file beside it, {@code .NAME.lock}, which stays.
     */
    public static synchronized <T> T locked(Path file, FileErrors.Step<T> step) throws IOException {
        createDirectories(file.toAbsolutePath().resolveSibling(""));
        Path beside = file.toAbsolutePath().resolveSibling("." + file.getFileName() + ".lock");
        try (FileChannel channel = FileErrors.named(beside, () -> openLock(beside));
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            return step.run();
        }
    }

    private static FileChannel openLock(Path beside) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return posix(beside) ? FileChannel.open(beside, options, ONLY_OWNER) : FileChannel.open(beside, options);
    }

    private static void write(Path file, String content) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean done = false;
        try (FileChannel channel =
                posix(file) ? FileChannel.open(file, options, ONLY_OWNER) : FileChannel.open(file, options)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            done = true;
        } catch (FileAlreadyExistsException e) {
            done = true;
            throw e;
        } finally {
            if (!done) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** So that root can edit the file of a service's account and the service can still read it. */
    private static void keepOwner(Path old, Path fresh) throws IOException {
        if (Files.exists(old) && posix(old)) {
            PosixFileAttributes before = Files.readAttributes(old, PosixFileAttributes.class);
            if (!before.owner().equals(Files.getOwner(fresh))) {
                Files.setOwner(fresh, before.owner());
            }
        }
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
