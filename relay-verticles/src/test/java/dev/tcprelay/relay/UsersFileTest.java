package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.PublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The users file is taken whole or not at all, and each trouble is told once. */
class UsersFileTest {
    private Path file;
    private UsersFile users;

    @BeforeEach
    void read(@TempDir Path directory) throws Exception {
        file = directory.resolve("users");
        SecretFiles.create(file, Relay.USERS);
        users = new UsersFile(file, Set.of(PublicKey.of(Relay.CAROL)));
    }

    private String refused() {
        return String.valueOf(assertThrows(IOException.class, users::changed).getMessage());
    }

    @Test
    void aForbiddenKeyIsRefusedAndNamedByItsLine() {
        assertTrue(refused().startsWith(file + ":3:"));
    }

    @Test
    void onlyAnotherTextIsAChange() throws Exception {
        SecretFiles.replace(file, Relay.line("alice", Relay.ALICE, ""));
        assertEquals(1, users.changed().orElseThrow().all().size());
        assertEquals(Optional.empty(), users.changed());
        SecretFiles.replace(file, Relay.line("alice", Relay.ALICE, ""));
        assertEquals(Optional.empty(), users.changed());
        SecretFiles.replace(file, "");
        assertEquals(0, users.changed().orElseThrow().all().size());
    }

    @Test
    void aWrongFileIsReportedOnceAndTheRightOneTakenAgain() throws Exception {
        SecretFiles.replace(file, "alice\n");
        refused();
        assertEquals(Optional.empty(), users.changed());
        SecretFiles.replace(file, Relay.line("alice", Relay.ALICE, ""));
        assertTrue(users.changed().isPresent());
    }

    @Test
    void aFileThatIsGoneOrOpenToOthersIsReportedOnceAndChangesNothing() throws Exception {
        SecretFiles.replace(file, Relay.line("alice", Relay.ALICE, ""));
        users.changed();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(refused().contains("chmod 600"));
        assertEquals(Optional.empty(), users.changed());
        Files.delete(file);
        refused();
        assertEquals(Optional.empty(), users.changed());
        SecretFiles.create(file, Relay.line("bob", Relay.BOB, ""));
        assertEquals(
                "bob",
                users.changed().orElseThrow().all().iterator().next().name().value());
    }
}
