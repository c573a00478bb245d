package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.MAIL;
import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.await;
import static dev.tcprelay.client.ClientRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.client.FakeRelay.Asked;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Outcome;
import io.netty.buffer.Unpooled;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tunnels that are opened ahead of need (docs/protocol.md, M75), against a scripted relay. */
class AheadTunnelsTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private ClientRig rig;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
        rig.ahead = 2;
        serve(WEB, FakeSkeleton.serving(rig.psk, Outcome.OK, FakeSkeleton::echo));
        serve(MAIL, FakeSkeleton.serving(rig.psk, Outcome.OK, FakeSkeleton::echo));
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private void serve(ServerId id, Consumer<Asked> skeleton) {
        rig.relay.servers.put(id, leg -> {
            asked.add(leg);
            skeleton.accept(leg);
        });
    }

    private void times(Duration frequent, Duration life, Duration young) {
        Deadlines d = rig.deadlines;
        rig.deadlines = new Deadlines(
                d.answer(),
                d.opened(),
                d.result(),
                d.outage(),
                d.page(),
                d.warmLife(),
                young,
                d.retry(),
                d.negotiation(),
                frequent,
                life);
    }

    private void use(ServerId id) throws Exception {
        get(rig.client.open(id));
    }

    private List<Asked> ahead() {
        return asked.stream().filter(Asked::ahead).toList();
    }

    private int needed() {
        return asked.size() - ahead().size();
    }

    private void awaitWaiting(int number) {
        await(() -> rig.client
                .waitingAhead()
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .equals(number));
    }

    /** Two uses, and the tunnel that is ahead of the third: its leg. */
    private Leg prepared() throws Exception {
        use(WEB);
        assertEquals(List.of(), ahead());
        use(WEB);
        awaitWaiting(1);
        assertEquals(2, needed());
        assertEquals(1, ahead().size());
        return ahead().get(0).leg();
    }

    private static void awaitClosed(Leg leg) throws Exception {
        leg.closed().toCompletionStage().toCompletableFuture().get(ClientRig.SECONDS, TimeUnit.SECONDS);
    }

    /** The fourth finds two: as many as it was used in the last minute, less one. */
    @Test
    void theThirdUseWithinAMinuteNeedsNoOpen() throws Exception {
        rig.start();
        prepared();
        use(WEB);
        awaitWaiting(2);
        use(WEB);
        awaitWaiting(2);
        assertEquals(2, needed());
        assertEquals(4, ahead().size());
    }

    /** By a forwarded port the application's bytes go right behind message 2. */
    @Test
    void bytesGoOverATunnelThatWasAhead() throws Exception {
        rig.start();
        prepared();
        Socket application = rig.connect(rig.forwardPort);
        application.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        assertEquals("hello", new String(application.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
        assertEquals(2, needed());
    }

    @Test
    void thereAreNeverMoreThanAllowed() throws Exception {
        rig.start();
        for (int i = 0; i < 8; i++) {
            use(WEB);
        }
        awaitWaiting(2);
        for (int i = 0; i < 8; i++) {
            use(MAIL);
        }
        awaitWaiting(4);
        assertEquals(16 + 4, asked.size());
    }

    /** However many servers are in use. */
    @Test
    void thereAreNeverMoreThanAllowedInAll() throws Exception {
        rig.start();
        for (int i = 0; i < 40; i++) {
            var id = new ServerId("s" + i);
            rig.psks.put(id, List.of(rig.psk));
            serve(id, FakeSkeleton.serving(rig.psk, Outcome.OK, FakeSkeleton::echo));
            use(id);
            use(id);
        }
        awaitWaiting(32);
        assertEquals(32, ahead().size());
        assertEquals(80, needed());
    }

    @Test
    void thereIsNoneWhenNoneIsWanted() throws Exception {
        rig.ahead = 0;
        rig.start();
        for (int i = 0; i < 5; i++) {
            use(WEB);
        }
        assertEquals(5, needed());
        assertEquals(List.of(), ahead());
    }

    @Test
    void aServerThatIsUsedNowAndThenGetsNone() throws Exception {
        times(Duration.ofNanos(1), LONG, LONG);
        rig.start();
        for (int i = 0; i < 5; i++) {
            use(WEB);
        }
        assertEquals(5, needed());
        assertEquals(List.of(), ahead());
    }

    /** Nothing has been used of a server that is not there. */
    @Test
    void aServerThatIsNotAvailableGetsNone() throws Exception {
        serve(WEB, Asked::unavailable);
        rig.start();
        for (int i = 0; i < 5; i++) {
            assertThrows(ExecutionException.class, () -> use(WEB));
        }
        assertEquals(List.of(), ahead());
    }

    @Test
    void oneThatHasWaitedForLongIsClosedAndNotReplaced() throws Exception {
        times(LONG, Duration.ofMillis(1), Duration.ZERO);
        rig.start();
        use(WEB);
        use(WEB);
        await(() -> ahead().size() == 1);
        awaitClosed(ahead().get(0).leg());
        awaitWaiting(0);
        use(WEB);
        assertEquals(3, needed());
    }

    @Test
    void oneThatIsLostIsReplaced() throws Exception {
        times(LONG, LONG, Duration.ZERO);
        rig.start();
        Leg lost = prepared();
        lost.run(lost::abort);
        await(() -> ahead().size() == 2);
        awaitWaiting(1);
        use(WEB);
        assertEquals(2, needed());
    }

    /** A relay that closes each would be asked without end. */
    @Test
    void oneThatIsLostAtOnceIsReplacedAtTheNextUse() throws Exception {
        times(LONG, LONG, LONG);
        rig.start();
        Leg lost = prepared();
        lost.run(lost::closeGently);
        awaitWaiting(0);
        assertEquals(1, ahead().size());
        use(WEB);
        assertEquals(3, needed());
        awaitWaiting(2);
    }

    /** Bytes before message 2 are no skeleton's. */
    @Test
    void oneThatSpeaksTooEarlyIsNotUsed() throws Exception {
        rig.start();
        Leg early = prepared();
        early.run(() -> {
            early.write(Unpooled.wrappedBuffer(new byte[20]));
            early.flush();
        });
        awaitWaiting(0);
        use(WEB);
        assertEquals(3, needed());
    }

    @Test
    void oneThatAnotherPskHasOpenedIsNotUsed() throws Exception {
        rig.start();
        Leg old = prepared();
        Psk other = Psk.generate(new SecureRandom());
        rig.psks.put(WEB, List.of(other));
        get(rig.vertx
                .timer(RecentPsks.RECENT.toMillis() + 1, TimeUnit.MILLISECONDS)
                .mapEmpty());
        serve(WEB, FakeSkeleton.serving(other, Outcome.OK, FakeSkeleton::echo));
        use(WEB);
        awaitClosed(old);
        assertEquals(3, needed());
        awaitWaiting(2);
        use(WEB);
        assertEquals(3, needed());
    }

    @Test
    void aNodeThatStopsKeepsNone() throws Exception {
        rig.start();
        Leg there = prepared();
        NodeId node = rig.relay.node;
        rig.relay.sessions.get(0).send(new GoAway(GoAway.DRAIN, 600));
        awaitClosed(there);
        awaitWaiting(0);
        assertEquals(node, rig.relay.node);
        use(WEB);
        await(() -> ahead().size() > 1);
        for (Asked each : ahead()) {
            awaitClosed(each.leg());
        }
    }

    @Test
    void oneOnAnotherNodeStaysWhenANodeStops() throws Exception {
        rig.start();
        rig.relay.node = NodeId.random(new SecureRandom());
        prepared();
        rig.relay.sessions.get(0).send(new GoAway(GoAway.DRAIN, 600));
        await(() -> rig.relay.logins.get() > 1);
        use(WEB);
        assertEquals(2, needed());
    }

    @Test
    void aLostSessionLeavesNone() throws Exception {
        rig.start();
        Leg before = prepared();
        rig.relay.sessions.get(0).abort("test");
        awaitClosed(before);
        await(() -> rig.relay.logins.get() == 2);
        use(WEB);
        assertEquals(3, needed());
        awaitWaiting(2);
    }

    @Test
    void aClientThatStopsResetsThem() throws Exception {
        rig.start();
        Leg there = prepared();
        get(rig.client.stop());
        awaitClosed(there);
        assertEquals(1, ahead().size());
    }
}
