package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many short tunnels with warm legs and spares, each struck somewhere by something; then nothing of it is left. */
@Timeout(180)
class ChurnTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int LANES = 4;
    private static final int READY = 2;
    private static final int TUNNELS_OF_A_USER = 40;
    private static final int SECONDS = 25;
    private static final long SECONDS_TO_RECOVER = 45;
    private static final long SEED = 20_261_122;
    private static final int LARGEST = 200_000;

    private static Lanes lanes;

    @BeforeAll
    static void lanesAsUsersHaveThem() throws Exception {
        lanes = Lanes.start(
                STAGE, LANES, READY, "pingInterval: 1s", "silence: 3s", "tunnelsPerUser: " + TUNNELS_OF_A_USER);
    }

    @Test
    void nothingIsLeftOfManyTunnelsThatWereStruck() throws Exception {
        Deadline deadline = Deadline.inSeconds(SECONDS);
        List<Callable<Integer>> churns = new ArrayList<>();
        for (Lane lane : lanes.all()) {
            long number = (1 + lanes.all().indexOf(lane)) * 1_000_000L;
            churns.add(() -> churn(lane, number, deadline));
        }
        ExecutorService threads = Executors.newFixedThreadPool(LANES);
        try {
            for (Future<Integer> each : threads.invokeAll(churns)) {
                assertTrue(each.get() > SECONDS, "tunnels in " + SECONDS + " s: " + each.get());
            }
        } finally {
            threads.shutdownNow();
        }
        lanes.assertNothingIsLeft();
        assertEveryTunnelWasGivenBack(lanes.all().get(0));
        lanes.assertNothingIsLeft();
    }

    private static int churn(Lane lane, long number, Deadline deadline) throws Exception {
        Random random = new Random(SEED + number);
        int tunnels = 0;
        while (!deadline.passed() || tunnels <= SECONDS) {
            strike(lane, random);
            tunnels++;
            lane.run(Exchange.of(number + tunnels, random.nextInt(LARGEST))).assertHonest();
        }
        lane.awaitRecovery(number + tunnels + 1, LARGEST, SECONDS_TO_RECOVER);
        return tunnels;
    }

    private static void strike(Lane lane, Random random) {
        Place place = Place.values()[random.nextInt(Place.values().length)];
        Direction direction = Direction.values()[random.nextInt(2)];
        // As often in what passes before the tunnel's bytes as in these.
        long at = random.nextInt(random.nextBoolean() ? 1000 : LARGEST);
        Fault fault = fault(random.nextInt(place.isSealed() ? 6 : 4), at);
        FaultRule rule = place.of(lane).set(direction, fault, place.traffic(), 1);
        if (fault instanceof Fault.Hole) {
            Threads.start("lifts the hole", () -> {
                boolean unused = rule.strikesWithin(1, SECONDS); // not so much may come
                rule.lift();
            });
        }
    }

    /** The last two would be seen by the receiver on a plain link. */
    private static Fault fault(int number, long at) {
        return switch (number) {
            case 0 -> new Fault.Reset(at);
            case 1 -> new Fault.Hole(at);
            case 2 -> new Fault.Delay(Duration.ofMillis(1));
            case 3 -> new Fault.Slices(at, at + 500);
            case 4 -> new Fault.Cut(at);
            default -> new Fault.Flip(at);
        };
    }

    /** The relay counts a user's tunnels: as many as allowed can be open at once, and not one more. */
    private static void assertEveryTunnelWasGivenBack(Lane lane) throws Exception {
        lane.target().exchange(Exchange.of(1, 1));
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < TUNNELS_OF_A_USER; i++) {
                open.add(SocksPort.open(lane.application().port()));
                open.get(i).getInputStream().readNBytes(1);
            }
            try (Socket oneMore = SocksPort.open(lane.application().port())) {
                assertEquals(
                        Received.End.RESET,
                        Received.read(oneMore, new Pattern(0)).end());
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        assertEquals(TUNNELS_OF_A_USER, lane.target().received().size(), "tunnels that were open at once");
    }
}
