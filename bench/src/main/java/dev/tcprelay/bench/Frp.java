package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * frp: either {@code stcp} with encryption, for which there is a frpc at both ends, or plain {@code tcp}, where the
 * server has the port for whoever connects. All else as its defaults are.
 */
final class Frp implements Contender {
    private final boolean secret;

    /** @param secret stcp with encryption */
    Frp(boolean secret) {
        this.secret = secret;
    }

    @Override
    public String name() {
        return secret ? "frp-stcp" : "frp-tcp";
    }

    @Override
    public List<String> programs() {
        return List.of("frps", "frpc");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        int control = Stage.port();
        int entry = Stage.port();
        Path server = stage.file(
                "frps.toml", "bindAddr = \"" + stage.relay().host() + "\"", "bindPort = " + control, token());
        Child relay = stage.run(stage.relay(), "relay", List.of("frps", "-c", server.toString()));
        stage.awaitPort(stage.relay(), control, relay);
        List<String> proxy = common(stage, control);
        proxy.addAll(List.of("[[proxies]]", "name = \"bench\"", "type = \"" + (secret ? "stcp" : "tcp") + "\""));
        proxy.addAll(List.of(
                "localIP = \"127.0.0.1\"", "localPort = " + stage.target().getPort()));
        proxy.addAll(secret ? keyed() : List.of("remotePort = " + entry));
        frpc(stage, stage.skeleton(), "skeleton", proxy);
        if (!secret) {
            return stage.entry(stage.relay(), entry);
        }
        List<String> visitor = common(stage, control);
        visitor.addAll(List.of("[[visitors]]", "name = \"visitor\"", "type = \"stcp\"", "serverName = \"bench\""));
        visitor.addAll(List.of("bindAddr = \"" + stage.client().host() + "\"", "bindPort = " + entry));
        visitor.addAll(keyed());
        frpc(stage, stage.client(), "client", visitor);
        return stage.entry(stage.client(), entry);
    }

    private static String token() {
        return "auth.token = \"bench\"";
    }

    private static List<String> common(Stage stage, int control) {
        return new ArrayList<>(
                List.of("serverAddr = \"" + stage.relay().host() + "\"", "serverPort = " + control, token()));
    }

    private static List<String> keyed() {
        return List.of("secretKey = \"bench\"", "transport.useEncryption = true");
    }

    private static void frpc(Stage stage, Place place, String name, List<String> lines) throws IOException {
        Path file = stage.file(name + ".toml", lines.toArray(String[]::new));
        stage.run(place, name, List.of("frpc", "-c", file.toString()));
    }
}
