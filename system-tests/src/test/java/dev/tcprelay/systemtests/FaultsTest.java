package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.systemtests.FaultCase.Outcome;
import dev.tcprelay.systemtests.FaultProxy.Entrance;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault on each link, at offsets where another part of the protocol is under way: nobody ever reads a byte that
 * was not sent, or a clean end where there is more; and when the fault is lifted all is well by itself.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FaultsTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int LANES = 6;
    /** Two logins, before each of which a peer may wait for 15 s when those before were struck too. */
    private static final long SECONDS_TO_STRIKE = 45;

    private static final long SECONDS_TO_RECOVER = 45;
    private static final long MILLIS_CLOSED = 500;

    private static final BlockingQueue<Lane> IDLE = new LinkedBlockingQueue<>();
    private static final AtomicLong NUMBER = new AtomicLong();
    private static Lanes lanes;

    @BeforeAll
    static void lanesWithFreshConnectionsForEachTunnel() throws Exception {
        lanes = Lanes.start(STAGE, LANES, 0, "pingInterval: 1s", "silence: 3s");
        IDLE.addAll(lanes.all());
    }

    @AfterAll
    static void nothingIsLeftBehind() throws Exception {
        lanes.assertNothingIsLeft();
    }

    private static Exchange exchange() {
        return Exchange.of(NUMBER.addAndGet(1000), FaultCase.BYTES);
    }

    /** What is done on a lane that nobody else uses meanwhile. */
    private interface Trial {
        void on(Lane lane) throws Exception;
    }

    private static void with(Trial trial) throws Exception {
        Lane lane = IDLE.take();
        try {
            trial.on(lane);
        } finally {
            lane.lift();
            recovered(lane);
        }
    }

    private static void recovered(Lane lane) throws Exception {
        try {
            lane.awaitRecovery(NUMBER.addAndGet(1000), FaultCase.BYTES, SECONDS_TO_RECOVER);
        } finally {
            IDLE.add(lane);
        }
    }

    /** On the next connection that comes: an earlier one may still have a last word to say. */
    private static FaultRule set(FaultCase tried, Lane lane) {
        Place place = tried.place();
        return place.of(lane).setOnNew(tried.direction(), tried.fault(), place.traffic(), 1);
    }

    private static void assertOutcome(FaultCase tried, Ends ends) {
        ends.assertHonest();
        if (tried.outcome() == Outcome.WHOLE) {
            assertTrue(ends.areWhole(), ends::toString);
        } else if (tried.outcome() == Outcome.LOST) {
            Received lost = ends.received(tried.place().ofTunnel(tried.direction()));
            assertEquals(Received.End.RESET, lost.end(), ends::toString);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource({
        "dev.tcprelay.systemtests.FaultCase#onLegs",
        "dev.tcprelay.systemtests.FaultCase#harmless",
        "dev.tcprelay.systemtests.FaultCase#silences"
    })
    void aTunnelIsWholeOrLost(FaultCase tried) throws Exception {
        with(lane -> {
            FaultRule rule = set(tried, lane);
            Ends ends = lane.run(exchange());
            // The application may have seen its end, and the fault be lifted, before the other direction's FIN.
            assertTrue(rule.struck() == 1 || tried.fault() instanceof Fault.LateEnd, ends::toString);
            assertOutcome(tried, ends);
        });
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("dev.tcprelay.systemtests.FaultCase#holes")
    void aTunnelThatFallsSilentGoesOnAsIfNothingHadBeen(FaultCase tried) throws Exception {
        with(lane -> {
            FaultRule rule = set(tried, lane);
            Threads.start("lifts the hole", () -> {
                rule.awaitStrike(SECONDS_TO_STRIKE);
                lane.lift();
            });
            Ends ends = lane.run(exchange());
            assertEquals(1, rule.struck(), ends::toString);
            assertOutcome(tried, ends);
        });
    }

    /** The connection that there is, and then the first that is made in its place. */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("dev.tcprelay.systemtests.FaultCase#onControlConnections")
    void aTunnelOutlivesTheControlConnections(FaultCase tried) throws Exception {
        with(lane -> {
            Place place = tried.place();
            Exchange.Event struck = () -> place.of(lane)
                    .set(tried.direction(), tried.fault(), place.traffic(), 2)
                    .awaitStrikes(2, SECONDS_TO_STRIKE);
            assertOutcome(tried, lane.run(exchange(), struck));
        });
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("dev.tcprelay.systemtests.FaultCase#onPlainLinks")
    void onThePlainLinksTcpIsAsItIs(FaultCase tried) throws Exception {
        with(lane -> {
            FaultRule rule = set(tried, lane);
            Ends ends = lane.run(exchange());
            assertEquals(1, rule.struck(), ends::toString);
            Received received = ends.received(tried.direction());
            // A reset that comes while the tunnel is made ends that, and the target gets nothing.
            boolean nothing = tried.fault() instanceof Fault.Reset
                    && tried.place() == Place.APPLICATION
                    && received.equals(new Received(0, -1, Received.End.RESET));
            assertTrue(nothing || received.equals(plain(tried.fault())), ends::toString);
            if (tried.outcome() == Outcome.EITHER) {
                assertTrue(ends.received(tried.direction().other()).isWhole(FaultCase.BYTES), ends::toString);
            }
        });
    }

    /** What a receiver on the other side of a plain link sees of a fault. */
    private static Received plain(Fault fault) {
        if (fault instanceof Fault.Cut cut) {
            return new Received(cut.at(), -1, Received.End.EOF);
        } else if (fault instanceof Fault.Reset reset) {
            return new Received(reset.at(), -1, Received.End.RESET);
        }
        return new Received(FaultCase.BYTES, ((Fault.Flip) fault).at(), Received.End.EOF);
    }

    /** Connections that cannot be made for a moment are made again, within the time that an application has to wait. */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource({
        "CLIENT_LEG, REFUSING", "CLIENT_LEG, SILENT", "CLIENT_LEG, CLOSING",
        "SKELETON_LEG, REFUSING", "SKELETON_LEG, SILENT", "SKELETON_LEG, CLOSING",
        "TARGET, SILENT"
    })
    void aClosedEntranceIsTriedAgain(Place place, Entrance entrance) throws Exception {
        with(lane -> {
            place.of(lane).entrance(entrance);
            Exchange exchange = exchange();
            Threads.start("opens the entrance", () -> {
                // A refused attempt leaves nothing to be waited for.
                Thread.sleep(MILLIS_CLOSED);
                lane.lift();
            });
            Ends ends = lane.run(exchange);
            assertTrue(ends.areWhole(), ends::toString);
        });
    }
}
