package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** A real mail server: it speaks first, and mail that real clients send through all doors is in its mailbox. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MailTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int CURL_SAYS_REFUSED = 55;

    private static Exim exim;
    private static Network network;
    private static int proxy;
    private static int forward;

    @BeforeAll
    static void aMailServer() throws Exception {
        exim = Exim.start(STAGE);
        network = Network.shared();
        network.expose("mail", exim.address());
        proxy = Ports.free();
        forward = Ports.free();
        network.clientWith("--socks", "" + proxy, "--forward", forward + ":mail");
    }

    @Test
    void itIsHeardThroughAForwardAlthoughNothingWasSaid() throws Exception {
        try (Socket connection = SocksPort.open(forward)) {
            talk(connection.getInputStream(), connection.getOutputStream());
        }
    }

    @Test
    void itIsHeardThroughStandardInputAndOutput() throws Exception {
        Program stdio = STAGE.start(network.client().invocation("stdio", "mail").raw());
        talk(stdio.out(), stdio.in());
        stdio.in().close();
        stdio.result(20).succeeds();
    }

    private static void talk(InputStream in, OutputStream out) throws IOException {
        String begin = "220 mail.example ESMTP";
        assertEquals(begin, new String(in.readNBytes(begin.length()), StandardCharsets.US_ASCII));
        out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        String rest = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        assertTrue(rest.endsWith("\r\n221 mail.example closing connection\r\n"), rest);
    }

    @Test
    void curlDeliversThroughSocks() throws Exception {
        String body = "a line of text\r\n".repeat(200_000);
        curl("carol@mail.example", "Subject: three megabytes\r\n\r\n" + body).succeeds();
        String mail = exim.delivered("three megabytes");
        assertEquals(body.replace("\r", ""), mail.substring(mail.indexOf("\n\n") + 2));
    }

    @Test
    void aRefusalOfTheServerReachesTheClient() throws Exception {
        Result refused = curl("carol@elsewhere.example", "Subject: lost\r\n\r\n");
        refused.exits(CURL_SAYS_REFUSED).says("550");
    }

    private static Result curl(String recipient, String mail) throws Exception {
        Invocation curl = Invocation.of("curl", "-sS", "--max-time", "50", "--proxy", "socks5h://127.0.0.1:" + proxy)
                .and("--mail-from", "sam@mail.example", "--mail-rcpt", recipient, "-T", "-", "smtp://mail:25");
        return STAGE.run(curl.input(mail));
    }

    @Test
    void pythonSendsFiftyMailsOnOneConnectionThroughAForward() throws Exception {
        STAGE.run(Invocation.of("python3", "-c", """
                import smtplib
                with smtplib.SMTP('127.0.0.1', %d) as server:
                    for n in range(50):
                        server.sendmail('sam@mail.example', 'carol@mail.example', f'Subject: mail {n}\\n\\nbody {n}')
                """.formatted(forward))).succeeds();
        for (int n = 0; n < 50; n++) {
            assertTrue(exim.delivered("mail " + n).endsWith("\n\nbody " + n + "\n"));
        }
    }
}
