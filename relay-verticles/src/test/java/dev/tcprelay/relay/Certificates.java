package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority, and PEM files that it has signed; made by the JDK's keytool. */
final class Certificates {
    private static final String PASSWORD = "password";

    private final Path directory;
    private final String name;

    /** A new authority. */
    Certificates(Path directory, String name) throws Exception {
        this.directory = directory;
        this.name = name;
        generate(name, "-ext", "bc:critical=ca:true");
        keytool(
                name,
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-file",
                authority().toString());
    }

    Path authority() {
        return directory.resolve(name + ".authority.pem");
    }

    Path key(String node) {
        return directory.resolve(node + ".key.pem");
    }

    Path certificate(String node) {
        return directory.resolve(node + ".pem");
    }

    /** A key and a signed certificate. */
    void issue(String node) throws Exception {
        generate(node);
        String request = directory.resolve(node + ".csr").toString();
        keytool(node, "-certreq", "-alias", node, "-file", request);
        keytool(
                name,
                "-gencert",
                "-rfc",
                "-alias",
                name,
                "-infile",
                request,
                "-outfile",
                certificate(node).toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store(node))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        byte[] encoded = keys.getKey(node, PASSWORD.toCharArray()).getEncoded();
        Files.writeString(
                key(node),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(encoded)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private Path store(String alias) {
        return directory.resolve(alias + ".p12");
    }

    private void generate(String alias, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-validity", "2"));
        arguments.addAll(List.of("-groupname", "secp256r1", "-dname", "CN=" + alias));
        arguments.addAll(List.of(more));
        keytool(alias, arguments.toArray(String[]::new));
    }

    private void keytool(String of, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store(of).toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertEquals(0, process.waitFor(), () -> "see keytool.log: " + command);
    }
}
