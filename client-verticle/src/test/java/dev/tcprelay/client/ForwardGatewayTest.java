package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.client.FakeSkeleton.Raw;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.TunnelRecord;
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

/** A forwarded port with a scripted relay behind it. */
class ForwardGatewayTest {
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
    void anEchoWithHalfClose() throws Exception {
        rig.start();
        Socket app = rig.connect(rig.forwardPort);
        app.getOutputStream().write(ProxyTalk.ascii("hello"));
        app.shutdownOutput();
        assertEquals("hello", ProxyTalk.text(app.getInputStream().readAllBytes()));
    }

    /** An application that only reads, and says so at once, is served. */
    @Test
    void anApplicationMayEndItsDirectionFirst() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {
            raw.send(raw.result(), raw.data("banner"), raw.seal(TunnelRecord.EOF));
            raw.leg().end();
        }));
        rig.start();
        Socket app = rig.connect(rig.forwardPort);
        app.shutdownOutput();
        assertEquals("banner", ProxyTalk.text(app.getInputStream().readAllBytes()));
    }

    /** The application's bytes come right behind message 2; RESULT is sent only after they have come. */
    @Test
    void bytesGoAheadOfTheResult() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, this::resultAfterData));
        rig.start();
        Socket app = rig.connect(rig.forwardPort);
        app.getOutputStream().write(ProxyTalk.ascii("early"));
        assertEquals("late", ProxyTalk.text(app.getInputStream().readAllBytes()));
    }

    private void resultAfterData(Raw raw) {
        OneFrame.await(
                raw.leg(),
                (in, off, available) -> Frames.record(Layer.END_TO_END, in, off, available),
                frame -> {
                    raw.send(raw.result(), raw.data("late"), raw.seal(TunnelRecord.EOF));
                    raw.leg().end();
                },
                e -> raw.leg().abort());
    }

    @ParameterizedTest
    @EnumSource(value = Outcome.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void aFailureIsAReset(Outcome outcome) throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.serving(rig.psk, outcome, FakeSkeleton::echo));
        rig.start();
        assertReset(rig.connect(rig.forwardPort));
        String text = String.valueOf(TunnelFailures.of(WEB, outcome).getMessage());
        ClientRig.await(() -> rig.logged(Level.WARN).stream().anyMatch(line -> line.contains(text)));
    }

    private static void assertReset(Socket app) {
        assertThrows(SocketException.class, () -> app.getInputStream().read());
    }

    @Test
    void anUnavailableServerIsAReset() throws Exception {
        rig.relay.servers.remove(WEB);
        rig.start();
        assertReset(rig.connect(rig.forwardPort));
    }

    @Test
    void noResultIsAReset() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {}));
        rig.impatient().start();
        assertReset(rig.connect(rig.forwardPort));
    }

    /** Wrong psk: none of the application's bytes leave this machine. */
    @Test
    void withAWrongPskNothingIsSent() throws Exception {
        rig.psks.put(WEB, List.of(Psk.generate(new SecureRandom())));
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        rig.relay.servers.put(WEB, Listening.afterMessage1(rig.psk, seen));
        rig.start();
        Socket app = rig.connect(rig.forwardPort);
        app.getOutputStream().write(ProxyTalk.ascii("early"));
        assertReset(app);
        assertEquals("end", seen.poll(ClientRig.SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void anApplicationThatIsResetEndsItsTunnel() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        rig.relay.servers.put(WEB, asked -> Listening.to(asked.leg(), seen));
        rig.start();
        Socket app = rig.connect(rig.forwardPort);
        app.setSoLinger(true, 0);
        ClientRig.await(() -> rig.relay.attaches.get() == 1);
        app.close();
        assertNotNull(seen.poll(ClientRig.SECONDS, TimeUnit.SECONDS));
        assertTrue(rig.logged(Level.WARN).stream().noneMatch(line -> line.contains("web")));
    }
}
