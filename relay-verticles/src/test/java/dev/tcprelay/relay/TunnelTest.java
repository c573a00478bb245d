package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LegMessage.Opened;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.LegMessage.Unavailable;
import dev.tcprelay.protocol.wire.Mode;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From OPEN to the end of a tunnel, across gateways of two event loops each (M34, M35). */
@ExtendWith(VertxExtension.class)
class TunnelTest {
    private static final ServerId WEB = new ServerId("web");
    private Relay relay;
    private Peer alice;
    private Peer bob;

    @BeforeEach
    void start(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory)
                .instances(2)
                .limit("tunnelsPerUser", 12)
                .start();
        alice = relay.client().login("alice", Relay.ALICE);
        bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
    }

    @AfterEach
    void allCountersAreBackAtZero() throws Exception {
        Relay.until(() -> relay.node().tunnels().open() == 0);
        Relay.until(() -> relay.node().tunnels().of(new UserName("alice")) == 0);
        Relay.until(() -> relay.node().tunnels().awaiting() == 0);
        Relay.until(() -> relay.node().directory().offers(WEB).stream()
                .allMatch(offer -> relay.node().tunnels().of(offer) == 0));
        relay.close();
    }

    private static byte[] message1(int number) {
        byte[] message = new byte[50];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private Peer spare(int number) throws Exception {
        return relay.skeleton().spare(bob, "web", message1(number));
    }

    private Peer open() throws Exception {
        return relay.client().open(alice, "web");
    }

    /** The client's leg and the skeleton's, joined. */
    private Peer[] tunnel() throws Exception {
        Peer skeleton = spare(1);
        Peer client = open();
        assertEquals(
                client.hearLeg(Opened.class).tunnel(),
                skeleton.hearLeg(Start.class).tunnel());
        assertArrayEquals(message1(1), client.read(50));
        return new Peer[] {client, skeleton};
    }

    private static void close(Peer... peers) throws IOException {
        for (Peer peer : peers) {
            peer.close();
        }
    }

    @Test
    void message1OfASpareFollowsOpenedAndBytesPassBothWays() throws Exception {
        for (int i = 0; i < 20; i++) { // all pairs of event loops, and clients that answer at once
            Peer[] ends = tunnel();
            ends[0].send(message1(7));
            ends[1].send(message1(8));
            assertArrayEquals(message1(7), ends[1].read(50));
            assertArrayEquals(message1(8), ends[0].read(50));
            close(ends);
        }
        Relay.until(() -> relay.node().tunnels().open() == 0);
        assertEquals(20, relay.node().counters().tunnels.sum());
    }

    @Test
    void oneMebibyteGoesBothWaysAtOnce() throws Exception {
        Peer[] ends = tunnel();
        byte[] data = new byte[1 << 20];
        new Random(7).nextBytes(data);
        List<CompletableFuture<byte[]>> received = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Peer from = ends[i];
            Peer to = ends[1 - i];
            received.add(Peer.async(() -> quietly(() -> to.read(data.length))));
            received.add(Peer.async(() -> quietly(() -> {
                from.send(data);
                return data;
            })));
        }
        for (var future : received) {
            assertArrayEquals(data, future.get());
        }
        close(ends);
    }

    /** Some bytes, or an exception. */
    private interface Bytes {
        byte[] get() throws Exception;
    }

    private static byte[] quietly(Bytes bytes) {
        try {
            return bytes.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anOpenAfterTheJoinPassesAsBytesLikeAnyOther() throws Exception {
        Peer[] ends = tunnel();
        byte[] open = ends[0].records().sealer().seal(new LegMessage.Open(WEB, false).encode());
        ends[0].send(open);
        assertArrayEquals(open, ends[1].read(open.length));
        close(ends);
    }

    @Test
    void anEndOfOneDirectionLeavesTheOther() throws Exception {
        Peer[] ends = tunnel();
        ends[0].send(new byte[] {1});
        ends[0].socket.shutdownOutput();
        assertArrayEquals(new byte[] {1}, ends[1].rest());
        ends[1].send(message1(2));
        assertArrayEquals(message1(2), ends[0].read(50));
        ends[1].socket.shutdownOutput();
        assertEquals(0, ends[0].rest().length);
        close(ends);
    }

    @Test
    void aResetOfOneSideIsAResetOfTheOther() throws Exception {
        for (int from = 0; from < 2; from++) {
            Peer[] ends = tunnel();
            ends[from].socket.setSoLinger(true, 0);
            ends[from].close();
            Peer other = ends[1 - from];
            assertThrows(
                    SocketException.class, () -> other.socket.getInputStream().read());
            other.close();
        }
    }

    @Test
    void aUserHasNoMoreTunnelsThanAllowed() throws Exception {
        List<Peer> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.addAll(List.of(tunnel()));
        }
        Peer waiting = spare(1);
        try (Peer beyond = open()) {
            beyond.hearLeg(Unavailable.class);
        }
        close(all.toArray(Peer[]::new));
        Relay.until(() -> relay.node().tunnels().of(new UserName("alice")) == 0);
        try (Peer again = open()) {
            again.hearLeg(Opened.class);
        }
        waiting.close();
    }

    @Test
    void aTunnelGoesOnWhenBothSessionsAreGone() throws Exception {
        Peer[] ends = tunnel();
        alice.close();
        bob.close();
        Relay.until(() -> relay.node().sessions().size() == 0);
        ends[0].send(message1(1));
        assertArrayEquals(message1(1), ends[1].read(50));
        close(ends);
    }
}
