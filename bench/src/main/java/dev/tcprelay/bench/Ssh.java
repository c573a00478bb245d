package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** OpenSSH's forwarding: {@code ssh -R} beside the target and {@code ssh -L} at the client, through one sshd. */
final class Ssh implements Contender {
    private static final String CIPHER = "aes128-gcm@openssh.com";

    @Override
    public String name() {
        return "ssh";
    }

    @Override
    public List<String> programs() {
        return List.of("ssh", "sshd", "ssh-keygen");
    }

    @Override
    public List<String> versionCommand() {
        return List.of("ssh", "-V");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        for (String key : List.of("host", "user")) {
            Path file = stage.directory().resolve(key);
            stage.once(
                    "keygen-" + key,
                    Map.of(),
                    List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()));
        }
        int server = sshd(stage);
        int published = Stage.port();
        int entry = Stage.port();
        String back = "127.0.0.1:" + published;
        Child skeleton = ssh(stage, stage.skeleton(), "skeleton", server, "-R", back + ":" + stage.besideTarget());
        skeleton.awaitLine("debug1: remote forward success");
        Child client = ssh(
                stage, stage.client(), "client", server, "-L", stage.client().host() + ":" + entry + ":" + back);
        stage.awaitPort(stage.client(), entry, client);
        return stage.entry(stage.client(), entry);
    }

    private static int sshd(Stage stage) throws IOException, InterruptedException {
        int port = Stage.port();
        Path keys = stage.file(
                "authorized_keys",
                Files.readString(stage.directory().resolve("user.pub")).strip());
        Path config = stage.file(
                "sshd_config",
                "ListenAddress " + stage.relay().host(),
                "Port " + port,
                "HostKey " + stage.directory().resolve("host"),
                "AuthorizedKeysFile " + keys,
                "StrictModes no",
                "UsePAM no",
                "PidFile none",
                "AllowTcpForwarding yes",
                "Ciphers " + CIPHER);
        Child child = stage.run(
                stage.relay(), "relay", List.of(Programs.find("sshd").toString(), "-D", "-e", "-f", config.toString()));
        stage.awaitPort(stage.relay(), port, child);
        return port;
    }

    private static Child ssh(Stage stage, Place place, String name, int server, String option, String forward)
            throws IOException {
        List<String> line = new ArrayList<>(List.of("ssh", "-N", "-v", "-F", "none", "-p", "" + server, "-c", CIPHER));
        line.addAll(List.of("-i", stage.directory().resolve("user").toString()));
        line.addAll(List.of("-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no"));
        line.addAll(List.of("-o", "UserKnownHostsFile=/dev/null", "-o", "ExitOnForwardFailure=yes"));
        line.addAll(List.of(
                option,
                forward,
                System.getProperty("user.name") + "@" + stage.relay().host()));
        return stage.run(place, name, line);
    }
}
