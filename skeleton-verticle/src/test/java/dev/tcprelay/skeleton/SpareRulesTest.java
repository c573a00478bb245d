package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.TunnelId;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a relay must not send on a spare (M40): the leg is closed, and the target is never dialled. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class SpareRulesTest {
    private Rig rig;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory);
        rig.serve();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private static LegMessage start() {
        return new LegMessage.Start(false, TunnelId.random(new SecureRandom()));
    }

    /** By an end or a reset; a leg that stays open runs into the socket's timeout. */
    private void assertClosed(FakeLeg leg) throws Exception {
        try {
            InputStream in = leg.socket().getInputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                // Message 1 was under way.
            }
        } catch (SocketException e) {
            // Reset: closed as well.
        }
        rig.server.assertNeverDialled();
    }

    @Test
    void aStartWithoutOkBeforeIt() throws Exception {
        assertClosed(rig.relay.leg().send(start()));
    }

    @Test
    void aSecondStart() throws Exception {
        FakeLeg leg = rig.relay.leg();
        leg.start();
        assertClosed(leg.send(start()));
    }

    @Test
    void aSecondOk() throws Exception {
        FakeLeg leg = rig.relay.leg().accept();
        assertClosed(leg.accept());
    }

    @Test
    void aRecordForClients() throws Exception {
        FakeLeg leg = rig.relay.leg().accept();
        assertClosed(leg.send(new LegMessage.Opened(TunnelId.random(new SecureRandom()))));
    }
}
