package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.MAIL;
import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.reply;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Outcome;
import java.net.Socket;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proxy port with a scripted relay behind it. */
class SocksGatewayTest {
    private ClientRig rig;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
        rig.relay.servers.put(WEB, FakeSkeleton.serving(rig.psk, Outcome.OK, FakeSkeleton::echo));
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    @Test
    void anEchoThroughTheTunnel() throws Exception {
        rig.start();
        Socket app = rig.open("web.relay");
        byte[] sent = new byte[300_000];
        new SecureRandom().nextBytes(sent);
        Thread writer = new Thread(() -> {
            try {
                app.getOutputStream().write(sent);
                app.shutdownOutput();
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        assertArrayEquals(sent, app.getInputStream().readAllBytes());
        writer.join();
    }

    @Test
    void httpConnectIsAnsweredOnTheSamePort() throws Exception {
        rig.start();
        Socket app = rig.connect(rig.socksPort);
        app.getOutputStream().write(ProxyTalk.ascii("CONNECT web:80 HTTP/1.1\r\n\r\nearly"));
        String expected = "HTTP/1.1 200 Connection established\r\n\r\nearly";
        assertEquals(expected, ProxyTalk.text(app.getInputStream().readNBytes(expected.length())));
    }

    private static int code(Outcome outcome) {
        return switch (outcome) {
            case OK -> 0;
            case DENIED -> 2;
            case UNREACHABLE -> 4;
            case REFUSED -> 5;
            case TIMED_OUT -> 6;
        };
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void theReplyIsTheResult(Outcome outcome) throws Exception {
        rig.relay.servers.put(MAIL, FakeSkeleton.serving(rig.psk, outcome, FakeSkeleton::echo));
        rig.start();
        Socket app = rig.ask("mail");
        assertEquals(code(outcome), reply(app));
        if (outcome != Outcome.OK) {
            assertEquals(-1, app.getInputStream().read());
            String status = httpStatus("mail");
            assertTrue(
                    status.startsWith(
                            "HTTP/1.1 " + (outcome == Outcome.DENIED ? 403 : outcome == Outcome.TIMED_OUT ? 504 : 502)),
                    status);
        }
    }

    private String httpStatus(String host) throws Exception {
        Socket app = rig.connect(rig.socksPort);
        app.getOutputStream().write(ProxyTalk.ascii("CONNECT " + host + ":80 HTTP/1.1\r\n\r\n"));
        return ProxyTalk.text(app.getInputStream().readAllBytes());
    }

    @Test
    void whatIsNotAvailableIsTold() throws Exception {
        rig.psks.put(new ServerId("gone"), List.of(rig.psk));
        rig.start();
        assertEquals(4, reply(rig.ask("gone")));
        assertTrue(httpStatus("gone").startsWith("HTTP/1.1 502"));
        assertEquals(4, reply(rig.ask("not a name")));
        assertTrue(rig.logged(Level.WARN).stream().anyMatch(line -> line.contains("gone is not available to you")));
    }

    @Test
    void withoutAPskTheRelayIsNotAsked() throws Exception {
        rig.start();
        int before = rig.relay.connections.get();
        assertEquals(2, reply(rig.ask("stranger")));
        assertEquals(before, rig.relay.connections.get());
        assertTrue(rig.logged(Level.WARN).stream().anyMatch(line -> line.contains("relay psk import stranger")));
    }

    @Test
    void aSecondPskIsTried() throws Exception {
        rig.psks.put(WEB, List.of(Psk.generate(new SecureRandom()), rig.psk));
        rig.start();
        rig.open("web");
    }

    /** Wrong psk at the client: a local error, and no byte goes to the skeleton. */
    @Test
    void withAWrongPskNothingIsSent() throws Exception {
        rig.psks.put(WEB, List.of(Psk.generate(new SecureRandom())));
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        rig.relay.servers.put(WEB, Listening.afterMessage1(rig.psk, seen));
        rig.start();
        assertEquals(2, reply(rig.ask("web")));
        assertEquals("end", seen.poll(ClientRig.SECONDS, TimeUnit.SECONDS));
        assertTrue(rig.logged(Level.WARN).stream().anyMatch(line -> line.contains("is not the one")));
    }

    @Test
    void anApplicationThatLeavesCancelsItsTunnel() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        BlockingQueue<FakeRelay.Asked> asked = new LinkedBlockingQueue<>();
        rig.relay.servers.put(WEB, request -> {
            Listening.to(request.leg(), seen);
            asked.add(request);
        });
        rig.start();
        Socket app = rig.ask("web");
        assertTrue(asked.poll(ClientRig.SECONDS, TimeUnit.SECONDS) != null);
        app.close();
        assertEquals("lost", seen.poll(ClientRig.SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aSlowRequestIsCutOff() throws Exception {
        rig.impatient().start();
        Socket app = rig.connect(rig.socksPort);
        app.getOutputStream().write(5);
        assertEquals(-1, app.getInputStream().read());
    }

    @Test
    void withoutASessionTheReplyIsRelayDown() throws Exception {
        rig.impatient();
        rig.relay.down();
        rig.deploy();
        assertEquals(3, reply(rig.ask("web")));
        assertTrue(httpStatus("web").startsWith("HTTP/1.1 503"));
        assertTrue(rig.logged(Level.WARN).stream().anyMatch(line -> line.contains("there is no session")));
        rig.relay.listen();
        ClientRig.await(() -> rig.relay.logins.get() > 0);
        rig.open("web");
    }

    @Test
    void aRefusedLoginIsRelayDown() throws Exception {
        rig.relay.refusing = true;
        rig.deploy();
        assertEquals(3, reply(rig.ask("web")));
    }

    @Test
    void aResetOfTheServerIsAResetOfTheApplication() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.serving(rig.psk, Outcome.OK, stream -> {
            FakeSkeleton.echo(stream);
            stream.abort();
        }));
        rig.start();
        Socket app = rig.open("web");
        org.junit.jupiter.api.Assertions.assertThrows(
                SocketException.class, () -> app.getInputStream().readAllBytes());
    }
}
