package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.channel.ControlConnection;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.client.TunnelException.Failure;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Listed;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client API against a scripted relay. */
class RelayClientTest {
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

    private static Servers page(ListServers asked, int last) {
        int from = asked.after() == null ? 0 : Integer.parseInt(asked.after().value());
        return new Servers(List.of(new Listed(id(from + 1), 1), new Listed(id(from + 2), 2)), from + 2 < last);
    }

    private static ServerId id(int number) {
        return new ServerId(String.format("%03d", number));
    }

    private static TunnelException failure(Future<?> future) {
        Throwable e = assertThrows(ExecutionException.class, () -> get(future)).getCause();
        return (TunnelException) e;
    }

    @Test
    void theListComesInPages() throws Exception {
        rig.start();
        List<ListServers> requests = new ArrayList<>();
        rig.relay.lister = (session, asked) -> {
            requests.add(asked);
            session.send(page(asked, 6));
        };
        Future<List<ServerInfo>> one = rig.client.list();
        Future<List<ServerInfo>> two = rig.client.list();
        assertEquals(6, get(one).size());
        assertEquals(new ServerInfo(id(6), 2), get(two).get(5));
        assertEquals(6, requests.size());
        assertEquals(id(4), requests.get(2).after());
    }

    @Test
    void aListWithoutEndOrOrderIsGivenUp() throws Exception {
        rig.start();
        rig.relay.lister = (session, asked) -> session.send(new Servers(List.of(new Listed(WEB, 1)), true));
        assertEquals(Failure.OTHER, failure(rig.client.list()).failure());
        rig.relay.lister = (session, asked) -> session.send(new Servers(List.of(), true));
        assertEquals(Failure.OTHER, failure(rig.client.list()).failure());
    }

    @Test
    void aPageThatComesTooLateIsNotTakenForTheNextOne() throws Exception {
        rig.impatient().start();
        List<Runnable> late = new ArrayList<>();
        rig.relay.lister = (session, asked) -> late.add(() -> session.send(new Servers(List.of(), false)));
        assertEquals(Failure.TIMED_OUT, failure(rig.client.list()).failure());
        rig.relay.lister = (session, asked) -> {
            late.forEach(Runnable::run);
            session.send(page(asked, 2));
        };
        assertEquals(2, get(rig.client.list()).size());
    }

    @Test
    void aListThatLosesEverySessionSaysSo() throws Exception {
        rig.impatient().start();
        rig.relay.lister = (session, asked) -> session.abort("test");
        assertEquals(Failure.RELAY_DOWN, failure(rig.client.list()).failure());
    }

    /** Page by page, each over another session than the one before. */
    @Test
    void aListGoesOnOverTheNextSession() throws Exception {
        rig.start();
        Set<ServerId> lost = new HashSet<>();
        rig.relay.lister = (session, asked) -> {
            if (lost.add(asked.after() == null ? WEB : asked.after())) {
                session.abort("test");
            } else {
                session.send(page(asked, 6));
            }
        };
        List<ServerInfo> servers = get(rig.client.list());
        assertEquals(6, servers.size());
        assertEquals(4, rig.relay.logins.get());
    }

    /** The answer of the node that is left, to what was asked of it, is not the answer to what the next one was asked. */
    @Test
    void aChangeOfTheNodeIsNotSeenByWhoListsOrOpens() throws Exception {
        rig.warmLegs(1).start();
        ControlConnection old = rig.relay.sessions.get(0);
        rig.relay.lister = (session, asked) -> session.send(page(asked, 2));
        rig.relay.node = NodeId.random(new SecureRandom());
        old.send(new GoAway(GoAway.DRAIN, 600));
        while (rig.relay.sessions.contains(old)) {
            assertEquals(2, get(rig.client.list()).size());
            get(get(rig.client.open(WEB)).stream().end());
        }
        assertEquals(2, get(rig.client.list()).size());
        assertEquals(1, rig.relay.sessions.size());
        assertEquals(List.of(), rig.logged(Level.WARN));
    }

    /** A ticket is good at every node: there need not be a session. */
    @Test
    void tunnelsAreOpenedWhileTheSessionIsReplaced() throws Exception {
        rig.start();
        rig.relay.refusingLogins = true;
        rig.relay.sessions.get(0).abort("test");
        ClientRig.await(() -> rig.relay.sessions.isEmpty());
        get(rig.client.open(WEB));
        assertEquals(1, rig.relay.logins.get());
        rig.relay.refusingLogins = false;
        assertEquals(0, get(rig.client.list()).size());
    }

    /** And as long as the relay answers on legs. */
    @Test
    void tunnelsAreOpenedThroughALongOutageOfTheSession() throws Exception {
        rig.outage(Duration.ofSeconds(2)).start();
        rig.relay.refusingLogins = true;
        rig.relay.sessions.get(0).abort("test");
        ClientRig.await(() -> rig.relay.sessions.isEmpty());
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (System.nanoTime() < end) {
            get(rig.client.open(WEB)).stream().end();
        }
        assertEquals(1, rig.relay.logins.get());
        rig.relay.up = false;
        assertEquals(Failure.RELAY_DOWN, failure(rig.client.open(WEB)).failure());
    }

    @Test
    void aWarmLegIsTakenAndReplaced() throws Exception {
        rig.warmLegs(1).start();
        int before = rig.relay.connections.get();
        AtomicInteger atOpen = new AtomicInteger();
        var serving = rig.relay.servers.get(WEB);
        rig.relay.servers.put(WEB, asked -> {
            atOpen.set(rig.relay.connections.get());
            serving.accept(asked);
        });
        rig.open("web");
        assertEquals(2, before, "the session and the warm leg");
        assertTrue(atOpen.get() <= 3, "only the leg's replacement has been dialled");
        ClientRig.await(() -> rig.relay.warm.size() == 1);
        assertEquals(3, rig.relay.connections.get());
    }

    @Test
    void warmLegsThatEndAreReplacedByOthers() throws Exception {
        rig.warmLegs(2).start();
        var first = rig.relay.warm.peek();
        first.run(first::abort);
        ClientRig.await(() -> rig.relay.warm.size() == 2 && rig.relay.attaches.get() == 3);
        rig.open("web");
    }

    /** Legs that the network has lost without a word: one is tried, and the next opening meets none of them. */
    @Test
    void deadWarmLegsCostOneWaitInAll() throws Exception {
        rig.impatient().warmLegs(8).start();
        Set<Leg> dead = Set.copyOf(rig.relay.warm);
        AtomicInteger inVain = new AtomicInteger();
        var serving = rig.relay.servers.get(WEB);
        rig.relay.servers.put(WEB, asked -> {
            if (dead.contains(asked.leg())) {
                inVain.incrementAndGet();
            } else {
                serving.accept(asked);
            }
        });
        get(rig.client.open(WEB));
        ClientRig.await(() -> rig.relay.warm.stream().noneMatch(dead::contains) && rig.relay.warm.size() == 8);
        get(rig.client.open(WEB));
        assertEquals(1, inVain.get());
    }

    /** What came from before a lost session may be dead. */
    @Test
    void aNewSessionHasNewWarmLegs() throws Exception {
        rig.warmLegs(2).start();
        Set<Leg> old = Set.copyOf(rig.relay.warm);
        rig.relay.sessions.get(0).abort("test");
        ClientRig.await(() -> rig.relay.warm.stream().noneMatch(old::contains) && rig.relay.warm.size() == 2);
        assertEquals(2, rig.relay.logins.get());
    }

    @Test
    void warmLegsAreRenewedInTime() throws Exception {
        rig.warmLegs(1);
        Deadlines d = rig.deadlines;
        rig.deadlines = new Deadlines(
                d.answer(),
                d.opened(),
                d.result(),
                d.outage(),
                d.page(),
                Duration.ofMillis(50),
                d.young(),
                d.retry(),
                d.negotiation(),
                d.frequent(),
                d.aheadLife());
        rig.deploy();
        ClientRig.await(() -> rig.relay.attaches.get() > 4);
        ClientRig.await(() -> rig.relay.warm.size() <= 1);
    }

    @Test
    void aLegThatIsClosedBeforeOpenedIsReplacedByAnother() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        var serving = rig.relay.servers.get(WEB);
        rig.relay.servers.put(WEB, leg -> {
            if (asked.incrementAndGet() <= 2) {
                leg.leg().abort();
            } else {
                serving.accept(leg);
            }
        });
        rig.warmLegs(1).start();
        rig.open("web");
        assertEquals(3, asked.get());
    }

    /** Nothing has been connected to before message 2, so trying again does no harm. */
    @Test
    void aLegThatIsClosedBeforeMessage1IsReplacedByAnother() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        var serving = rig.relay.servers.get(WEB);
        rig.relay.servers.put(WEB, leg -> {
            switch (asked.incrementAndGet()) {
                case 1 -> {
                    leg.opened(new byte[0]);
                    leg.leg().abortAfterWrites();
                }
                case 2 -> {
                    leg.opened(new byte[] {0, 48, 1});
                    leg.leg().closeGently();
                }
                case 3 -> leg.opened(new byte[0]);
                default -> serving.accept(leg);
            }
        });
        rig.impatient().warmLegs(1).start();
        rig.open("web");
        assertEquals(4, asked.get());
    }

    @Test
    void aSilentLegIsReplacedByAnother() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        var serving = rig.relay.servers.get(WEB);
        rig.relay.servers.put(WEB, leg -> {
            if (asked.incrementAndGet() > 1) {
                serving.accept(leg);
            }
        });
        rig.impatient().start();
        rig.open("web");
    }

    @Test
    void aRelayThatNeverOpensIsATimeOut() throws Exception {
        rig.relay.servers.put(WEB, leg -> {});
        rig.impatient().start();
        assertEquals(Failure.TIMED_OUT, failure(rig.client.open(WEB)).failure());
    }

    /** What failed before there was a tunnel is told from what failed behind it. */
    @Test
    void aFailureTellsWhetherTheSkeletonWasReached() throws Exception {
        rig.start();
        for (Outcome outcome : List.of(Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.DENIED)) {
            rig.relay.servers.put(WEB, FakeSkeleton.serving(rig.psk, outcome, FakeSkeleton::echo));
            assertTrue(failure(rig.client.open(WEB)).reachedSkeleton(), outcome::name);
        }
        rig.relay.servers.put(WEB, FakeSkeleton.serving(Psk.generate(new SecureRandom()), Outcome.OK, s -> {}));
        TunnelException wrongPsk = failure(rig.client.open(WEB));
        assertEquals(Failure.DENIED, wrongPsk.failure());
        assertFalse(wrongPsk.reachedSkeleton());
        rig.relay.servers.remove(WEB);
        assertFalse(failure(rig.client.open(WEB)).reachedSkeleton());
    }

    @Test
    void theStreamIsReadAndWrittenByVertx() throws Exception {
        rig.start();
        TunnelStream stream = get(rig.client.open(WEB)).stream();
        Buffer sent = Buffer.buffer(new byte[3_000_000]);
        for (int i = 0; i < sent.length(); i += 997) {
            sent.setByte(i, (byte) i);
        }
        var received = new CompletableFuture<Buffer>();
        Buffer got = Buffer.buffer();
        stream.handler(got::appendBuffer);
        stream.endHandler(v -> received.complete(got));
        stream.exceptionHandler(received::completeExceptionally);
        write(stream, sent, 0);
        assertEquals(sent, received.get(ClientRig.SECONDS, TimeUnit.SECONDS));
    }

    private static void write(TunnelStream stream, Buffer sent, int from) {
        int at = from;
        while (at < sent.length() && !stream.writeQueueFull()) {
            int to = Math.min(sent.length(), at + 10_000);
            stream.write(sent.getBuffer(at, to)).onComplete(done -> {});
            at = to;
        }
        int next = at;
        if (at < sent.length()) {
            stream.drainHandler(v -> write(stream, sent, next));
        } else {
            stream.end().onComplete(done -> {});
        }
    }

    @Test
    void aPausedStreamHoldsEndAndData() throws Exception {
        rig.start();
        TunnelStream stream = get(rig.client.open(WEB)).stream();
        List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
        stream.pause();
        stream.handler(bytes -> seen.add(bytes.toString()));
        var ended = new CompletableFuture<Void>();
        stream.endHandler(v -> ended.complete(null));
        get(stream.write(Buffer.buffer("x")));
        get(stream.end());
        assertThrows(ExecutionException.class, () -> get(stream.write(Buffer.buffer("y"))));
        assertEquals(List.of(), seen);
        assertFalse(ended.isDone());
        stream.resume();
        ended.get(ClientRig.SECONDS, TimeUnit.SECONDS);
        assertEquals(List.of("x"), seen);
    }

    @Test
    void aLostSessionFailsFastAfterAWhileAndComesBack() throws Exception {
        rig.impatient().warmLegs(1).start();
        rig.relay.down();
        ClientRig.await(() -> rig.relay.warm.isEmpty());
        assertEquals(Failure.RELAY_DOWN, failure(rig.client.open(WEB)).failure());
        long began = System.nanoTime();
        assertEquals(Failure.RELAY_DOWN, failure(rig.client.open(WEB)).failure());
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(5));
        rig.relay.listen();
        ClientRig.await(() -> rig.relay.logins.get() == 2 && rig.relay.warm.size() == 1);
        get(rig.client.open(WEB));
    }

    @Test
    void aStoppedClientOpensNothing() throws Exception {
        rig.start();
        TunnelStream stream = get(rig.client.open(WEB)).stream();
        var lost = new CompletableFuture<Throwable>();
        stream.exceptionHandler(lost::complete);
        get(rig.client.stop());
        assertTrue(lost.get(ClientRig.SECONDS, TimeUnit.SECONDS) != null);
        assertEquals(Failure.RELAY_DOWN, failure(rig.client.open(WEB)).failure());
    }

    /** Two HELLOs with the same nonce: the proofs, and so the keys, of two legs differ. */
    @Test
    void aRepeatedNonceRepeatsNoKey() throws Exception {
        rig.relay.fixedHello =
                Hello.create(Role.CLIENT, PublicKey.of(rig.relay.key).fingerprint(), new SecureRandom());
        rig.start();
        rig.open("web");
        rig.open("web");
        List<byte[]> bodies = rig.relay.attachBodies;
        assertEquals(2, bodies.size());
        int sealed = bodies.get(0).length - 144;
        byte[] nonce = Arrays.copyOfRange(bodies.get(0), sealed - 32, sealed);
        assertFalse(Arrays.equals(nonce, Arrays.copyOfRange(bodies.get(1), sealed - 32, sealed)));
        byte[] proof = Arrays.copyOfRange(bodies.get(0), sealed, sealed + 144);
        assertFalse(Arrays.equals(proof, Arrays.copyOfRange(bodies.get(1), sealed, sealed + 144)));
    }

    @Test
    void aClientIsStartedOnceAndBeforeItsUse() {
        var idle = new RelayClient(
                rig.vertx,
                rig.relay.address(),
                new dev.tcprelay.channel.Credentials(
                        new dev.tcprelay.protocol.files.UserName("bob"), KeyPair.generate(new SecureRandom())),
                id -> List.of(),
                RelayClientOptions.standard());
        assertThrows(IllegalStateException.class, () -> idle.open(WEB));
        assertThrows(IllegalStateException.class, idle::list);
        assertTrue(idle.stop().succeeded());
        assertThrows(IllegalArgumentException.class, () -> new RelayClientOptions(65, 0));
        assertThrows(IllegalArgumentException.class, () -> new RelayClientOptions(0, 9));
    }
}
