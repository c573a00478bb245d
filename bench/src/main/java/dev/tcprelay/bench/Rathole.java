package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** rathole: a server with a port for whoever connects, and a client beside the target; nothing at the near end. */
final class Rathole implements Contender {
    private static final String TOKEN = "default_token = \"bench\"";
    private static final String PASSWORD = "bench";
    /** The pattern of rathole's documentation: the server is known by its key. */
    private static final String PATTERN = "pattern = \"Noise_NK_25519_ChaChaPoly_BLAKE2s\"";

    private final Transport transport;

    /** Between server and client. */
    enum Transport {
        TCP,
        NOISE,
        TLS
    }

    Rathole(Transport transport) {
        this.transport = transport;
    }

    private String type() {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String name() {
        return transport == Transport.TCP ? "rathole" : "rathole-" + type();
    }

    @Override
    public List<String> programs() {
        return transport == Transport.TLS ? List.of("rathole", "openssl") : List.of("rathole");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        int control = Stage.port();
        int entry = Stage.port();
        String host = stage.relay().host();
        List<String> server =
                new ArrayList<>(List.of("[server]", "bind_addr = \"" + host + ":" + control + "\"", TOKEN));
        List<String> client =
                new ArrayList<>(List.of("[client]", "remote_addr = \"" + host + ":" + control + "\"", TOKEN));
        transport(stage, server, client);
        server.addAll(List.of("[server.services.bench]", "bind_addr = \"" + host + ":" + entry + "\""));
        client.addAll(List.of("[client.services.bench]", "local_addr = \"" + stage.besideTarget() + "\""));
        Path serverFile = stage.file("server.toml", server.toArray(String[]::new));
        Path clientFile = stage.file("client.toml", client.toArray(String[]::new));
        Child relay = stage.run(stage.relay(), "relay", List.of("rathole", "--server", serverFile.toString()));
        stage.awaitPort(stage.relay(), control, relay);
        stage.run(stage.skeleton(), "skeleton", List.of("rathole", "--client", clientFile.toString()));
        return stage.entry(stage.relay(), entry);
    }

    private void transport(Stage stage, List<String> server, List<String> client)
            throws IOException, InterruptedException {
        server.addAll(List.of("[server.transport]", "type = \"" + type() + "\""));
        client.addAll(List.of("[client.transport]", "type = \"" + type() + "\""));
        if (transport == Transport.NOISE) {
            String[] lines = stage.once("genkey", Map.of(), List.of("rathole", "--genkey"))
                    .split("\\s*\n\\s*", -1);
            server.addAll(List.of("[server.transport.noise]", PATTERN, "local_private_key = \"" + lines[1] + "\""));
            client.addAll(List.of("[client.transport.noise]", PATTERN, "remote_public_key = \"" + lines[3] + "\""));
        } else if (transport == Transport.TLS) {
            server.addAll(List.of("[server.transport.tls]", "pkcs12 = \"" + identity(stage) + "\""));
            server.add("pkcs12_password = \"" + PASSWORD + "\"");
            client.addAll(List.of("[client.transport.tls]", "hostname = \"bench\""));
            client.add("trusted_root = \"" + stage.directory().resolve("tls.pem") + "\"");
        }
    }

    /** A certificate of its own for the name {@code bench}. */
    private static Path identity(Stage stage) throws IOException, InterruptedException {
        String key = stage.directory().resolve("tls.key").toString();
        String certificate = stage.directory().resolve("tls.pem").toString();
        Path identity = stage.directory().resolve("tls.pfx");
        List<String> request = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "ec"));
        request.addAll(List.of("-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=bench"));
        request.addAll(List.of("-addext", "subjectAltName=DNS:bench", "-keyout", key, "-out", certificate));
        stage.once("certificate", Map.of(), request);
        List<String> export =
                new ArrayList<>(List.of("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate));
        export.addAll(List.of("-out", identity.toString(), "-passout", "pass:" + PASSWORD));
        stage.once("identity", Map.of(), export);
        return identity;
    }
}
