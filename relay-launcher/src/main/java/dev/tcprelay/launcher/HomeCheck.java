package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.launcher.Examination.Found;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Steps of {@code relay doctor}: the state directory and who else may use its files. */
final class HomeCheck {
    private HomeCheck() {}

    /** Whoever can put files there decides which relay is trusted. */
    static Found<RelayHome> directory(RelayHome home) throws IOException, CommandException {
        Path directory = home.directory();
        if (!Files.isDirectory(directory)) {
            throw new CommandException(
                    ExitCode.FAILED,
                    directory + " is not there. Run `relay login HOST:PORT`, or set RELAY_HOME to where it is.");
        }
        for (Path each : List.of(directory, home.knownRelays(), home.logins())) {
            if (writableByOthers(each)) {
                String mode = Files.isDirectory(each) ? "700" : "600";
                return Found.warn(
                        each + " can be changed by others, who could make you trust another relay; run: chmod " + mode
                                + " " + each,
                        home);
            }
        }
        return Found.ok(directory + ", which only you can change", home);
    }

    private static boolean writableByOthers(Path path) throws IOException {
        if (!Files.exists(path)
                || !path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
        return mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** All keys and psks, also those that are not needed now. */
    static Found<RelayHome> secrets(RelayHome home) throws IOException, CommandException {
        int number = 0;
        List<String> problems = new ArrayList<>();
        for (Path file : secretFiles(home)) {
            number++;
            try {
                var unused = SecretFiles.read(file);
            } catch (FileSystemException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (!problems.isEmpty()) {
            throw new CommandException(ExitCode.FAILED, String.join("; ", problems));
        }
        return Found.ok(number + " files with keys or psks, which only you can read", home);
    }

    private static List<Path> secretFiles(RelayHome home) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path directory : List.of(home.keys(), home.psks())) {
            if (Files.isDirectory(directory)) {
                try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*.{pem,psk}")) {
                    all.forEach(files::add);
                }
            }
        }
        files.sort(null);
        return files;
    }
}
