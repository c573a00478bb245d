package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the admin socket comes from, and who can reach it at any moment. */
class SocketFileTest {
    @TempDir
    private Path directory;

    private Path path;

    @BeforeEach
    void path() {
        path = directory.resolve("admin.sock");
    }

    private static SocketFile file(Path path) {
        return new SocketFile(path, Relay.RANDOM);
    }

    private static ServerSocketChannel bound(Path at) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(at));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private List<Path> contents() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    private String refusal(SocketFile file) {
        return String.valueOf(assertThrows(IOException.class, file::prepare).getMessage());
    }

    /** Before it has its mode it stands behind a directory that nobody else may enter. */
    @Test
    void nobodyElseCanReachItAtAnyMoment() throws Exception {
        SocketFile file = file(path);
        Path hidden = file.prepare();
        assertEquals("rwx------", mode(hidden.getParent()));
        assertEquals(directory, hidden.getParent().getParent());
        try (var listening = bound(hidden)) {
            assertFalse(Files.exists(path));
            file.publish();
            assertEquals("rw-------", mode(path));
            assertEquals(List.of(path), contents());
            try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                assertTrue(channel.isConnected());
            }
            file.remove();
            assertEquals(List.of(), contents());
        }
    }

    @Test
    void whatADeadProcessHasLeftIsReplaced() throws Exception {
        bound(path).close();
        assertTrue(Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        SocketFile file = file(path);
        try (var listening = bound(file.prepare())) {
            file.publish();
            try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                assertTrue(channel.isConnected());
            }
        }
    }

    @Test
    void oneOfALivingProcessIsRefusedAndStays() throws Exception {
        try (var living = bound(path)) {
            String refusal = refusal(file(path));
            assertEquals(
                    path + ": a relay that runs has this admin socket; stop it, or give this one a directory or admin"
                            + " socket of its own",
                    refusal);
            assertEquals(List.of(path), contents());
        }
    }

    /** A process that is so busy that it accepts nothing is alive, and asking it must not take for ever. */
    @Test
    void oneWhoseBacklogIsFullIsAlive() throws Exception {
        try (var living =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), 1)) {
            for (int i = 0; i < 4; i++) { // each asking takes a place of the backlog
                assertTrue(refusal(file(path)).contains("this admin socket"));
            }
        }
    }

    @Test
    void anotherFileIsNotTouched() throws Exception {
        Files.writeString(path, "mine");
        assertTrue(refusal(file(path)).contains("another file"));
        assertEquals("mine", Files.readString(path));
        Files.delete(path);
        Files.createDirectory(path);
        assertTrue(refusal(file(path)).contains("another file"));
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithItsSizeAndWhatToDo() throws Exception {
        int room = SocketFile.LONGEST - directory.toString().length() - 1;
        Path longest = directory.resolve("x".repeat(room));
        try (var listening = bound(file(longest).prepare())) {
            assertTrue(listening.isOpen());
        }
        String refusal = refusal(file(directory.resolve("x".repeat(room + 1))));
        assertTrue(refusal.contains("at most " + SocketFile.LONGEST + " bytes, this one has "), refusal);
        assertTrue(refusal.contains("admin.socket"), refusal);
    }

    @Test
    void whatWasMadeForNothingIsTakenBack() throws Exception {
        SocketFile file = file(path);
        bound(file.prepare()).close();
        file.remove();
        assertEquals(List.of(), contents());
    }

    /** As a relay that never got its socket stops: the other one's stays. */
    @Test
    void whatBelongsToAnotherIsNotRemoved() throws Exception {
        try (var living = bound(path)) {
            SocketFile file = file(path);
            assertThrows(IOException.class, file::prepare);
            file.remove();
            assertTrue(Files.exists(path));
        }
    }
}
