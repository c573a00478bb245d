package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that speaks first is heard although nothing has been said to it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MailTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static Network network;
    private static int forward;

    @BeforeAll
    static void aMailServer() throws Exception {
        network = Network.shared();
        network.expose("mail", STAGE.keep(Target.mail()).address());
        forward = Ports.free();
        network.clientWith("--forward", forward + ":mail");
    }

    @Test
    void throughAForward() throws Exception {
        try (Socket connection = SocksPort.open(forward)) {
            talk(connection.getInputStream(), connection.getOutputStream());
        }
    }

    @Test
    void throughStandardInputAndOutput() throws Exception {
        Program stdio = STAGE.start(network.client().invocation("stdio", "mail").raw());
        talk(stdio.out(), stdio.in());
        stdio.in().close();
        stdio.result(20).succeeds();
    }

    @Test
    void asRealProgramsSpeakIt() throws Exception {
        String line = "import smtplib; s = smtplib.SMTP(); print(s.connect('127.0.0.1', " + forward + "));"
                + " print(s.docmd('QUIT'))";
        Result python = STAGE.run(Invocation.of("python3", "-c", line)).succeeds();
        assertEquals("(220, b'mail.example ready')\n(221, b'bye')", python.out());
    }

    private static void talk(InputStream in, OutputStream out) throws IOException {
        assertEquals("220 mail.example ready\r\n", text(in.readNBytes(24)));
        out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        assertEquals("221 bye\r\n", text(in.readAllBytes()));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
