package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {
    @TempDir
    private Path directory;

    @Test
    void tellsEachChangeOnce() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "one");
        var watched = new WatchedFile(file, SecretFiles::readPublic);
        assertEquals(Optional.of("one"), watched.changed());
        assertEquals(Optional.empty(), watched.changed());
        var time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(Files.writeString(file, "two"), time);
        assertEquals(Optional.of("two"), watched.changed());
        assertEquals(Optional.empty(), new WatchedFile(file, SecretFiles::readPublic, "two").changed());
    }

    @Test
    void tellsEachTroubleOnceAndIsNotMisledByIt() throws Exception {
        Path file = directory.resolve("file");
        var watched = new WatchedFile(file, SecretFiles::readPublic, "one");
        assertThrows(NoSuchFileException.class, watched::changed);
        assertEquals(Optional.empty(), watched.changed());
        Files.createDirectory(file);
        assertThrows(FileSystemException.class, watched::changed);
        assertEquals(Optional.empty(), watched.changed());
        Files.delete(file);
        Files.writeString(file, "one");
        assertEquals(Optional.empty(), watched.changed());
        Files.delete(file);
        assertThrows(NoSuchFileException.class, watched::changed);
        Files.writeString(file, "two");
        assertEquals(Optional.of("two"), watched.changed());
    }
}
