package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** scp and rsync over {@code relay stdio}: a big file, a thousand small ones, and only what has changed. */
class CopyOverSshTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final long BIG = 256L << 20;
    private static final int FILES = 1000;

    private static Path config;
    private static Path small;

    @BeforeAll
    static void anSshServerAndFiles() throws Exception {
        Sshd sshd = Sshd.start(STAGE);
        Network network = Network.shared();
        network.expose("ssh-files", sshd.address());
        config = sshd.clientConfig(network.client(), "ssh-files");
        small = STAGE.directory("small");
        for (int i = 0; i < FILES; i++) {
            Path directory = Files.createDirectories(small.resolve("directory " + i % 10));
            Files.writeString(directory.resolve("file " + i), ("line of file " + i + "\n").repeat(i % 300));
        }
    }

    @Test
    void scpCarriesABigFileThereAndBack() throws Exception {
        Path big = STAGE.file("big");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(big))) {
            Content.write(out, BIG);
        }
        Path there = STAGE.file("big-there");
        Path back = STAGE.file("big-back");
        scp(big.toString(), "ssh-files:" + there);
        assertEquals(Content.generated(BIG), content(there));
        scp("ssh-files:" + there, back.toString());
        assertEquals(Content.generated(BIG), content(back));
        for (Path file : new Path[] {big, there, back}) {
            Files.delete(file);
        }
    }

    @Test
    void scpCarriesAThousandFiles() throws Exception {
        Path there = STAGE.directory("scp-there");
        scp("-r", small.toString(), "ssh-files:" + there);
        assertEquals(contents(small), contents(there.resolve("small")));
    }

    @Test
    void rsyncCarriesAThousandFilesAndThenOnlyWhatHasChanged() throws Exception {
        Path there = STAGE.directory("rsync-there");
        Path back = STAGE.directory("rsync-back");
        assertTrue(rsync(small + "/", "ssh-files:" + there).contains("files transferred: 1,000"));
        assertEquals(contents(small), contents(there));
        Files.writeString(there.resolve("directory 3").resolve("file 3"), "changed");
        Files.delete(there.resolve("directory 4").resolve("file 4"));
        assertTrue(rsync(small + "/", "ssh-files:" + there).contains("files transferred: 2"));
        assertEquals(contents(small), contents(there));
        assertTrue(rsync("ssh-files:" + there + "/", back.toString()).contains("files transferred: 1,000"));
        assertEquals(contents(small), contents(back));
    }

    private static void scp(String... arguments) throws Exception {
        STAGE.run(Invocation.of("scp", "-q", "-F", config.toString()).and(arguments))
                .succeeds();
    }

    private static String rsync(String from, String to) throws Exception {
        return STAGE.run(Invocation.of("rsync", "-a", "--delete", "--stats", "-e", "ssh -F " + config, from, to))
                .succeeds()
                .out();
    }

    private static Map<String, Content> contents(Path directory) throws IOException {
        Map<String, Content> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(directory.relativize(file).toString(), content(file));
            }
        }
        return contents;
    }

    private static Content content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Content.read(in);
        }
    }
}
