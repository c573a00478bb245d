package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ssh to a real sshd, with {@code relay stdio} as its ProxyCommand. */
class SshTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static Path config;

    @BeforeAll
    static void anSshServer() throws Exception {
        Sshd sshd = Sshd.start(STAGE);
        Network network = Network.shared();
        network.expose("ssh-home", sshd.address());
        config = sshd.clientConfig(network.client(), "ssh-home");
    }

    private static Invocation ssh(String remoteCommand) {
        return Invocation.of("ssh", "-F", config.toString(), "ssh-home", remoteCommand);
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
        STAGE.run(ssh("cat").input(Content.bytes(20 << 20)).outputTo(file)).succeeds();
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
