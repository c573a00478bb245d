package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFilesTest {
    @TempDir
    private Path directory;

    private Path file(String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("web.psk"), "secret");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String refusal(Path file) {
        return assertThrows(FileSystemException.class, () -> SecretFiles.read(file))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------"})
    void readsWhatOnlyTheOwnerCanRead(String mode) throws IOException {
        assertEquals("secret", SecretFiles.read(file(mode)));
    }

    /** A key, psk or users file 0640 or 0644 is refused; the message names file and fix. */
    @ParameterizedTest
    @CsvSource({
        "rw-r-----,0640",
        "rw-r--r--,0644",
        "rw----r--,0604",
        "rw--w----,0620",
        "r--r--r--,0444",
        "rw-rw----,0660"
    })
    void refusesWhatOthersCanReadAndNamesFileAndFix(String mode, String octal) throws IOException {
        Path file = file(mode);
        assertEquals(file + ": mode " + octal + " lets others at this secret; run: chmod 600 " + file, refusal(file));
    }

    @Test
    void refusesByTheFileThatALinkLeadsTo() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file("rw-r--r--"));
        assertTrue(refusal(link).endsWith("run: chmod 600 " + link));
        Files.setPosixFilePermissions(directory.resolve("web.psk"), PosixFilePermissions.fromString("rw-------"));
        assertEquals("secret", SecretFiles.read(link));
    }

    @ParameterizedTest
    @CsvSource({"0,0440,true", "1000,0440,false", "0,0444,false", "0,0640,false", "1000,0600,true", "1000,0400,true"})
    void takesAMountedSecretOfRootForTheGroup(int owner, String mode, boolean secret) {
        assertEquals(secret, new FileMode(owner, Integer.parseInt(mode, 8)).secret());
    }

    @Test
    void saysWhatElseIsWrongWithAFile() throws IOException {
        Path missing = directory.resolve("missing");
        assertThrows(NoSuchFileException.class, () -> SecretFiles.read(missing));
        assertEquals(missing + ": there is no such file", refusal(missing));
        assertEquals(directory + ": not a file", refusal(directory));
        Path binary = file("rw-------");
        Files.write(binary, new byte[] {(byte) 0xff});
        assertEquals(binary + ": not a text in UTF-8", refusal(binary));
    }

    @Test
    void readsAMebibyteAndNotAByteMore() throws IOException {
        Path file = file("rw-------");
        Files.write(file, new byte[SecretFiles.MAX_SIZE]);
        assertEquals(SecretFiles.MAX_SIZE, SecretFiles.read(file).length());
        Files.write(file, new byte[SecretFiles.MAX_SIZE + 1]);
        assertEquals(file + ": larger than 1 MiB", refusal(file));
    }

    @Test
    void createsWithModesAndNeverOverAFile() throws IOException {
        Path file = directory.resolve("new/psk/web.psk");
        SecretFiles.create(file, "one");
        assertEquals("rw-------", mode(file));
        assertEquals("rwx------", mode(directory.resolve("new")));
        assertEquals("rwx------", mode(directory.resolve("new/psk")));
        FileAlreadyExistsException refused =
                assertThrows(FileAlreadyExistsException.class, () -> SecretFiles.create(file, "two"));
        assertEquals(file + ": there is such a file already", refused.getMessage());
        assertEquals("one", Files.readString(file));
    }

    @Test
    void replacesInOneStepThroughALink() throws IOException {
        Path file = file("rw-r--r--");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        SecretFiles.replace(link, "new");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
        assertEquals("rw-------", mode(file));
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(2, left.count(), "no temporary file is left");
        }
    }

    @Test
    void locksSoThatNoEditIsLost() throws Exception {
        Path file = directory.resolve("users");
        SecretFiles.create(file, "");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Path> edit = () -> SecretFiles.locked(file, () -> {
                SecretFiles.replace(file, SecretFiles.read(file) + "x");
                return file;
            });
            List<Future<Path>> edits =
                    IntStream.range(0, 40).mapToObj(i -> threads.submit(edit)).toList();
            for (Future<Path> done : edits) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals("x".repeat(40), SecretFiles.read(file));
        assertEquals("rw-------", mode(directory.resolve(".users.lock")));
    }

    @Test
    void findsTheHomeOfTheState() {
        assertEquals(
                Path.of("/r"),
                RelayHome.of(Map.of("RELAY_HOME", "/r", "HOME", "/h")).directory());
        assertEquals(
                Path.of("/h/.config/relay/known_relays"),
                RelayHome.of(Map.of("HOME", "/h")).knownRelays());
        assertFalse(RelayHome.of(Map.of()).directory().toString().isEmpty());
    }
}
