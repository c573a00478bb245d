package dev.tcprelay.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.client.TunnelException.Failure;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The psks of a state directory. */
class PskFilesTest {
    private static final ServerId WEB = new ServerId("web");
    private final Psk psk = Psk.generate(new SecureRandom());
    private final Psk next = Psk.generate(new SecureRandom());

    @TempDir
    Path directory;

    private PskFiles files;
    private Path file;

    @BeforeEach
    void create() {
        var home = new RelayHome(directory);
        files = new PskFiles(home);
        file = home.psk(WEB);
    }

    @Test
    void aFileIsReadAgainWhenItHasChanged() throws Exception {
        SecretFiles.create(file, psk.format() + "\n");
        List<Psk> first = files.psks(WEB);
        assertEquals(List.of(psk), first);
        assertSame(first, files.psks(WEB));
        SecretFiles.replace(file, next.format() + "\n" + psk.format() + "\n");
        assertEquals(List.of(next, psk), files.psks(WEB));
        SecretFiles.replace(file, psk.format() + "\n" + next.format() + "\n");
        assertEquals(List.of(psk, next), files.psks(WEB));
    }

    @Test
    void aMissingFileSaysWhatToDo() throws Exception {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> files.psks(WEB));
        TunnelException told = TunnelFailures.noPsk(WEB, e);
        assertEquals(Failure.DENIED, told.failure());
        assertEquals("no psk for web: get it from whoever runs it and `relay psk import web`", told.getMessage());
        SecretFiles.create(file, psk.format());
        assertEquals(List.of(psk), files.psks(WEB));
        Files.delete(file);
        assertThrows(NoSuchFileException.class, () -> files.psks(WEB));
    }

    @Test
    void aFileThatOthersCanReadOrThatIsNoPskIsRefused() throws Exception {
        SecretFiles.create(file, "correct horse battery staple");
        FormatException e = assertThrows(FormatException.class, () -> files.psks(WEB));
        assertEquals(Failure.DENIED, TunnelFailures.noPsk(WEB, e).failure());
        SecretFiles.replace(file, psk.format());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThrows(FileSystemException.class, () -> files.psks(WEB));
    }
}
