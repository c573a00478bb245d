package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.noise.KeyPair;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our key files against the openssl of this machine, if there is one; without it each test runs on the key that is
 * kept in the sources.
 */
class OpensslTest {
    @TempDir
    private Path dir;

    @Test
    void keysThatOpensslGeneratesLoadWithTheFingerprintOfOpenssl() throws Exception {
        String pem = Samples.OPENSSL_KEY;
        String expected = Samples.OPENSSL_FINGERPRINT;
        if (installed()) {
            pem = text(run("genpkey", "-algorithm", "X25519"));
            byte[] spki = run("pkey", "-in", file(pem), "-pubout", "-outform", "DER");
            expected = "SHA256:"
                    + Samples.base64(MessageDigest.getInstance("SHA-256").digest(spki));
        }
        KeyPair pair = RelayKey.parse(pem);
        assertEquals(expected, PublicKey.of(pair).fingerprint().toString());
        assertEquals(pem, RelayKey.format(pair));
    }

    @Test
    void opensslReadsTheKeysThatWeWrite() throws Exception {
        KeyPair pair = RelayKey.parse(Samples.OPENSSL_KEY);
        String expected = Samples.OPENSSL_PUBLIC;
        if (installed()) {
            pair = Samples.pair(77);
            expected = text(run("pkey", "-in", file(RelayKey.format(pair)), "-pubout"));
        }
        String relayPem = new RelayPem(Samples.REALM, PublicKey.of(pair)).format();
        assertEquals("Realm: " + Samples.REALM + "\n" + expected, relayPem);
        if (installed()) {
            // openssl skips what stands before a PEM block, so relay.pem itself is an input for it.
            assertEquals(expected, text(run("pkey", "-pubin", "-in", file(relayPem), "-pubout")));
        }
    }

    private static boolean installed() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "openssl")));
    }

    private String file(String pem) throws Exception {
        return Files.writeString(Files.createTempFile(dir, "test", ".pem"), pem).toString();
    }

    private byte[] run(String... arguments) throws Exception {
        File out = Files.createTempFile(dir, "test", ".out").toFile();
        List<String> command =
                Stream.concat(Stream.of("openssl"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectErrorStream(true)
                .start();
        try {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "openssl hangs");
        } finally {
            process.destroyForcibly();
        }
        byte[] output = Files.readAllBytes(out.toPath());
        assertEquals(0, process.exitValue(), () -> text(output));
        return output;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
