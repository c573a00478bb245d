package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Standard input and output over a tunnel. */
class StdioTest {
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

    /** Notes whether it was closed. */
    private static final class Output extends ByteArrayOutputStream {
        private volatile boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    /** An input that says nothing until it is let go. */
    private static final class Silent extends InputStream {
        private final CountDownLatch over = new CountDownLatch(1);

        @Override
        public int read() throws IOException {
            try {
                over.await();
                return -1;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private Tunnel tunnel() throws Exception {
        rig.start();
        return get(rig.client.open(WEB));
    }

    /** The end of the input is a half-close: all that comes back afterwards is written. */
    @Test
    void everythingComesBackAfterTheInputHasEnded() throws Exception {
        byte[] sent = new byte[5_000_000];
        new SecureRandom().nextBytes(sent);
        var out = new Output();
        assertEquals(0, get(Stdio.join(tunnel(), new ByteArrayInputStream(sent), out)));
        assertArrayEquals(sent, out.toByteArray());
        assertTrue(out.closed);
    }

    /** The server's end closes the output; the other direction goes on until the input ends. */
    @Test
    void theServersEndLeavesTheInputAlone() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {
            raw.send(raw.result(), raw.data("bye"), raw.seal(TunnelRecord.EOF));
            raw.leg().end();
        }));
        var out = new Output();
        var in = new Silent();
        Future<Integer> exit = Stdio.join(tunnel(), in, out);
        ClientRig.await(() -> out.closed);
        assertEquals("bye", ProxyTalk.text(out.toByteArray()));
        assertTrue(!exit.isComplete());
        in.over.countDown();
        assertEquals(0, get(exit));
    }

    @Test
    void aResetGivesWhatCameBeforeAndOne() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {
            raw.send(raw.result(), raw.data("half"), raw.seal(TunnelRecord.CLOSE, (byte) 1));
        }));
        var out = new Output();
        var in = new Silent();
        assertEquals(1, get(Stdio.join(tunnel(), in, out)));
        assertEquals("half", ProxyTalk.text(out.toByteArray()));
        ClientRig.await(() -> out.closed);
        in.over.countDown();
    }

    /** An output that nobody reads any more, as when ssh was killed, ends the tunnel. */
    @Test
    void aBrokenOutputEndsTheTunnel() throws Exception {
        var broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        var in = new ByteArrayInputStream(new byte[100]);
        assertEquals(1, get(Stdio.join(tunnel(), in, broken)));
    }

    @Test
    void aTunnelIsTakenOnce() throws Exception {
        Tunnel tunnel = tunnel();
        assertEquals(WEB, tunnel.id());
        tunnel.stream().reset();
        org.junit.jupiter.api.Assertions.assertThrows(IllegalStateException.class, tunnel::duplex);
    }
}
