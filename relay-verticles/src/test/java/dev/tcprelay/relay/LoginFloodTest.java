package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Strangers in numbers, and slow ones: everybody else is served, and they are closed in time (M11, M14, section 11).
 */
@ExtendWith(VertxExtension.class)
class LoginFloodTest {
    private Relay relay;

    @BeforeEach
    void files(Vertx vertx, @TempDir Path directory) throws Exception {
        relay = new Relay(vertx, directory)
                .limit("unauthenticatedPerSource", 2000)
                .limit("failedLogins", 1_000_000);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
    }

    @Test
    void aThousandIdleConnectionsKeepNobodyOutAndAreClosedAtTheDeadline() throws Exception {
        relay.limit("authentication", "3s").start();
        List<Peer> idle = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            idle.add(relay.client());
        }
        relay.client().login("alice", Relay.ALICE);
        for (Peer peer : idle) {
            assertEquals(0, peer.rest().length);
            peer.close();
        }
        assertEquals(0, relay.node().admission().size());
        assertEquals(1, relay.node().sessions().size());
    }

    @Test
    void beyondTheLimitTheOldestIsClosedAndBeyondThatOfASourceTheNewest() throws Exception {
        relay.limit("unauthenticated", 10).limit("unauthenticatedPerSource", 8).start();
        Peer oldest = relay.from("127.0.0.2", Role.CLIENT);
        for (int i = 0; i < 7; i++) {
            relay.from("127.0.0.2", Role.CLIENT);
        }
        try (Peer ninth = relay.from("127.0.0.2", Role.CLIENT)) {
            throw new AssertionError("greeted: " + ninth.hello);
        } catch (IOException e) {
            // Not even HELLO.
        }
        relay.from("127.0.0.3", Role.CLIENT);
        relay.from("127.0.0.3", Role.SKELETON);
        relay.from("127.0.0.3", Role.SKELETON);
        assertEquals(0, oldest.rest().length);
        assertEquals(10, relay.node().admission().size());
    }

    @Test
    void loginsCutShortAtEveryLengthAreClosedAtTheDeadlineAndBlockNoThread() throws Exception {
        relay.limit("authentication", "1s").start();
        List<Peer> cut = new ArrayList<>();
        for (int length = 0; length < 227; length++) {
            Peer peer = relay.client();
            peer.send(Arrays.copyOf(peer.loginRequest("alice", Relay.ALICE), length));
            cut.add(peer);
        }
        relay.client().login("alice", Relay.ALICE);
        for (Peer peer : cut) {
            assertEquals(0, peer.rest().length);
        }
        assertEquals(0, relay.node().loginDesk().waiting());
        assertEquals(0, relay.node().admission().size());
    }

    @Test
    void aLoginByteByByteIsClosedAtTheAbsoluteDeadline() throws Exception {
        relay.limit("authentication", "500ms").start();
        Peer slow = relay.client();
        byte[] request = slow.loginRequest("alice", Relay.ALICE);
        long since = System.nanoTime();
        int sent = 0;
        try {
            for (; sent < request.length; sent++) {
                slow.send(new byte[] {request[sent]});
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // the slowness that is tested
            }
        } catch (IOException e) {
            // Closed under way.
        }
        assertEquals(0, slow.rest().length);
        assertTrue(sent < request.length, "it was heard to the end");
        assertTrue(System.nanoTime() - since < TimeUnit.SECONDS.toNanos(4));
    }

    @Test
    void aFloodOfGarbageLeavesTunnelsAndAttachesAloneAndIsShed() throws Exception {
        relay.limit("waitingLogins", 4).start();
        Peer alice = relay.client().login("alice", Relay.ALICE);
        Peer bob = relay.skeleton().login("bob", Relay.BOB);
        bob.register("web", Mode.GROUP);
        var stop = new AtomicBoolean();
        List<Thread> flood = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Thread thread = new Thread(() -> flood(stop));
            thread.start();
            flood.add(thread);
        }
        Relay.until(() -> relay.node().counters().shed.sum() > 20
                && relay.node().counters().loginsRefused.sum() > 20);
        for (int i = 0; i < 20; i++) {
            try (Peer spare = relay.skeleton().spare(bob, "web", new byte[50]);
                    Peer client = relay.client().open(alice, "web")) {
                client.hearLeg(LegMessage.Opened.class);
                spare.hearLeg(LegMessage.Start.class);
                assertEquals(50, client.read(50).length);
                assertTrue(relay.node().loginDesk().waiting() <= 4);
            }
        }
        stop.set(true);
        for (Thread thread : flood) {
            thread.join();
        }
        relay.client().login("alice", Relay.ALICE);
        assertEquals(0, relay.node().counters().attachesRefused.sum());
    }

    /** Each answer is a refusal or, when it was shed, nothing. */
    private void flood(AtomicBoolean stop) {
        byte[] garbage = new byte[227];
        Relay.RANDOM.nextBytes(garbage);
        garbage[0] = 1;
        garbage[1] = 0;
        garbage[2] = (byte) 224;
        while (!stop.get()) {
            try (Peer peer = new Peer(relay, Role.CLIENT, "127.0.0.1")) {
                peer.send(garbage);
                byte[] answer = peer.rest();
                if (answer.length != 0 && !Arrays.equals(answer, Peer.REFUSED)) {
                    throw new AssertionError("answered " + Arrays.toString(answer));
                }
            } catch (IOException e) {
                // Shed before it was read.
            }
        }
    }

    @Test
    void failuresForANameFromOneSourceDoNotLockTheNameOutFromAnother() throws Exception {
        relay.limit("failedLogins", 5).limit("failedLoginsPerSecond", 1).start();
        KeyPair wrong = KeyPair.generate(Relay.RANDOM);
        int refused = 0;
        boolean shed = false;
        for (int i = 0; i < 100 && !shed; i++) {
            try (Peer peer = relay.from("127.0.0.2", Role.SKELETON)) {
                peer.send(peer.loginRequest("bob", wrong));
                byte[] answer = peer.rest();
                shed = answer.length == 0;
                refused += answer.length / 2;
            }
        }
        assertTrue(shed, "no end of tries");
        assertTrue(refused >= 5, "shed after " + refused);
        relay.from("127.0.0.1", Role.SKELETON).login("bob", Relay.BOB);
    }

    @Test
    void refusedAttachesCountAsStrangersAsLongAsTheyLinger() throws Exception {
        relay.limit("unauthenticatedPerSource", 3).start();
        Peer alice = relay.from("127.0.0.1", Role.CLIENT).login("alice", Relay.ALICE);
        for (int i = 0; i < 3; i++) {
            Peer peer = relay.from("127.0.0.2", Role.CLIENT);
            byte[] request = peer.attachRequest(alice.ticket(), Attach.client());
            request[100] ^= 1;
            peer.send(request);
            assertArrayEquals(Peer.REFUSED, peer.read(2));
        }
        assertEquals(3, relay.node().admission().size());
    }
}
