package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three skeletons of one account serve one id. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class PoolTest {
    private static final int SKELETONS = 3;

    private final List<Peer> skeletons = new ArrayList<>();
    /** Those of each skeleton that wait, the oldest first. */
    private final List<Deque<Peer>> spares = new ArrayList<>();

    private Relay relay;
    private Peer alice;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = Relay.started(vertx, directory);
        alice = relay.client().login("alice", Relay.ALICE);
        for (int i = 0; i < SKELETONS; i++) {
            Peer skeleton = relay.skeleton().login("bob", Relay.BOB);
            assertEquals(Status.AVAILABLE, skeleton.register("web", Mode.GROUP));
            skeletons.add(skeleton);
            spares.add(new ArrayDeque<>());
        }
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    /** A spare whose message 1 says whose it is. */
    private void spare(int skeleton) throws Exception {
        byte[] message1 = new byte[50];
        message1[0] = (byte) skeleton;
        spares.get(skeleton).add(relay.skeleton().spare(skeletons.get(skeleton), "web", message1));
    }

    /** A client, joined to the leg of a skeleton. */
    private record Tunnel(Peer client, int skeleton, Peer leg) {
        void close() throws IOException {
            client.close();
            leg.close();
        }
    }

    private Tunnel open() throws Exception {
        Peer client = relay.client().open(alice, "web");
        client.hearLeg(LegMessage.Opened.class);
        int skeleton = client.read(50)[0];
        return new Tunnel(client, skeleton, spares.get(skeleton).remove());
    }

    @Test
    void tunnelsGoToWhoHasTheFewest() throws Exception {
        for (int i = 0; i < SKELETONS; i++) {
            for (int n = 0; n < 5; n++) {
                spare(i);
            }
        }
        int[] tunnels = new int[SKELETONS];
        List<Tunnel> ofTheFirst = new ArrayList<>();
        for (int i = 0; i < 3 * SKELETONS; i++) {
            Tunnel tunnel = open();
            tunnels[tunnel.skeleton]++;
            if (tunnel.skeleton == 0) {
                ofTheFirst.add(tunnel);
            }
        }
        assertEquals(List.of(3, 3, 3), List.of(tunnels[0], tunnels[1], tunnels[2]));
        for (Tunnel tunnel : ofTheFirst.subList(0, 2)) {
            tunnel.close();
        }
        Relay.until(() -> relay.node().tunnels().open() == 3 * SKELETONS - 2);
        assertEquals(0, open().skeleton);
        assertEquals(0, open().skeleton);
    }

    /** Requests that come one after the other find all skeletons equal: none of them gets all. */
    @Test
    void amongEqualsNobodyComesFirst() throws Exception {
        for (int i = 0; i < SKELETONS; i++) {
            spare(i);
        }
        Set<Integer> served = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            Tunnel tunnel = open();
            served.add(tunnel.skeleton);
            tunnel.close();
            Relay.until(() -> relay.node().tunnels().open() == 0);
            spare(tunnel.skeleton);
        }
        assertEquals(SKELETONS, served.size());
    }

    @Test
    void theOthersServeAtOnceWhenOneIsLost() throws Exception {
        for (int n = 0; n < 4; n++) {
            spare(0);
            spare(1);
        }
        Peer dying = skeletons.get(0);
        dying.close();
        relay.skeleton().login("bob", Relay.BOB);
        Relay.until(() -> relay.node().sessions().size() == 1 + SKELETONS);
        for (int i = 0; i < 4; i++) {
            assertEquals(1, open().skeleton);
        }
    }
}
