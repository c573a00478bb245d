package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ssh to a real sshd, with {@code relay stdio} as its ProxyCommand. */
class SshTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static Network network;
    private static Path place;

    @BeforeAll
    static void anSshServer() throws Exception {
        place = STAGE.directory("ssh");
        int port = sshd();
        network = Network.shared();
        network.expose("ssh-home", "127.0.0.1:" + port);
    }

    private static int sshd() throws Exception {
        int port = Ports.free();
        keygen("host_key");
        keygen("user_key");
        Files.copy(place.resolve("user_key.pub"), place.resolve("authorized_keys"));
        Files.writeString(place.resolve("known_hosts"), "ssh-home " + Files.readString(place.resolve("host_key.pub")));
        Files.writeString(place.resolve("sshd_config"), """
                ListenAddress 127.0.0.1:%1$d
                HostKey %2$s/host_key
                AuthorizedKeysFile %2$s/authorized_keys
                PidFile none
                StrictModes no
                UsePAM no
                PermitRootLogin prohibit-password
                PasswordAuthentication no
                """.formatted(port, place));
        if ("root".equals(System.getProperty("user.name"))) {
            // Where sshd confines itself before a login; a distribution makes it when it starts its own.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        Program sshd = STAGE.start(Invocation.of(
                "/usr/sbin/sshd", "-D", "-e", "-f", place.resolve("sshd_config").toString()));
        sshd.awaitLog("Server listening on 127.0.0.1 port " + port, 20);
        return port;
    }

    private static void keygen(String name) throws Exception {
        STAGE.run(Invocation.of(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-f",
                        place.resolve(name).toString()))
                .succeeds();
    }

    private static Invocation ssh(String remoteCommand) {
        List<String> command = new ArrayList<>(List.of("ssh", "-F", "none", "-o", "BatchMode=yes"));
        for (String option : List.of(
                "ProxyCommand=" + network.client().shellWords("stdio ssh-home"),
                "UserKnownHostsFile=" + place.resolve("known_hosts"),
                "StrictHostKeyChecking=yes",
                "IdentitiesOnly=yes",
                "IdentityFile=" + place.resolve("user_key"))) {
            command.addAll(List.of("-o", option));
        }
        command.addAll(List.of(System.getProperty("user.name") + "@ssh-home", remoteCommand));
        return Invocation.of(command.toArray(String[]::new));
    }

    @Test
    void outputAndExitStatusOfACommand() throws Exception {
        Result result = STAGE.run(ssh("echo to the output; echo to the errors >&2; exit 7"))
                .exits(7);
        assertEquals("to the output", result.out());
        result.says("to the errors");
    }

    @Test
    void twentyMebibytesThereAndBack() throws Exception {
        Path file = STAGE.file("twenty-mebibytes");
        Invocation cat = ssh("cat");
        byte[] bytes = Content.bytes(20 << 20);
        STAGE.run(new Invocation("ssh-cat", cat.command(), cat.environment(), bytes, file))
                .succeeds();
        try (InputStream in = Files.newInputStream(file)) {
            assertEquals(Content.generated(20 << 20), Content.read(in));
        }
    }

    @Test
    void aSessionThatStaysOpenAnswersLineByLine() throws Exception {
        Program session = STAGE.start(
                ssh("while read line; do echo \"got $line\"; done; echo bye").openInput());
        for (String word : List.of("one", "two", "three")) {
            session.in().write((word + "\n").getBytes());
            session.in().flush();
            session.awaitLine("^got " + word + "$", 30);
        }
        session.in().close();
        session.awaitLine("^bye$", 30);
        session.result(20).succeeds();
    }
}
