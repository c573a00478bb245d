package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.systemtests.FaultProxy.Entrance;
import dev.tcprelay.systemtests.FaultRule.Traffic;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** With the times of the protocol: who says nothing for good is found out, and who merely does not read is waited for. */
@Timeout(value = 150, unit = TimeUnit.SECONDS)
class SilenceTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int LANES = 4;
    private static final long BYTES = 300_000;
    /** By then both sides have noticed, says docs/protocol.md, M17; and some time for a machine that is busy. */
    private static final long SECONDS_TO_NOTICE = 35;

    private static final long SECONDS_TO_RECOVER = 60;

    private static final int UNREAD_TUNNELS = 4;
    private static final long UNREAD_BYTES = 64 << 20;
    /** Longer than everything that ends a connection on which nobody answers. */
    private static final long SECONDS_UNREAD = 45;

    /** Heap and buffers for each tunnel: both directions have 1 MiB that waits, and what one or two reads brought. */
    private static final long MEMORY_OF_AN_UNREAD_TUNNEL = 4 << 20;

    private static Lanes lanes;

    @BeforeAll
    static void lanesAsUsersHaveThem() throws Exception {
        lanes = Lanes.start(STAGE, LANES, 1);
    }

    @AfterAll
    static void nothingIsLeftBehind() throws Exception {
        lanes.assertNothingIsLeft();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aTunnelThatNobodyReadsWaitsHoldsUpNobodyAndTakesNoMemory() throws Exception {
        Lane lane = lanes.all().get(0);
        lane.awaitRecovery(1, UNREAD_BYTES, SECONDS_TO_RECOVER);
        List<Program> programs = List.of(lanes.network().node(), lanes.clients(), lanes.skeletons());
        List<Vitals> before = vitals(programs);
        CountDownLatch reading = new CountDownLatch(1);
        List<Future<Received>> unread = exchange(lane, Exchange.of(100, UNREAD_BYTES), reading);
        lane.target().awaitConnections(UNREAD_TUNNELS);
        Exchange other = Exchange.of(200, BYTES);
        lane.target().exchange(other);
        Deadline deadline = Deadline.inSeconds(SECONDS_UNREAD);
        while (!deadline.passed()) {
            Received another = other.run(lane.application().port(), () -> {});
            assertTrue(another.isWhole(BYTES), () -> "another tunnel: " + another);
            // The pace of the traffic beside the stalled tunnels, not a wait for something.
            Thread.sleep(200);
        }
        List<Vitals> after = vitals(programs);
        reading.countDown();
        assertEquals(UNREAD_TUNNELS, whole(unread), "tunnels that were read at last");
        lane.target().received().forEach(received -> assertEquals(Received.End.EOF, received.end()));
        for (int i = 0; i < programs.size(); i++) {
            long each = after.get(i).perTunnel(before.get(i), UNREAD_TUNNELS);
            assertTrue(each < MEMORY_OF_AN_UNREAD_TUNNEL, before.get(i) + " became " + after.get(i));
        }
    }

    private static List<Vitals> vitals(List<Program> programs) throws Exception {
        List<Vitals> all = new ArrayList<>();
        for (Program program : programs) {
            all.add(Vitals.of(program));
        }
        return all;
    }

    /** Tunnels on which both ends send at once, and read when the latch is down. */
    private static List<Future<Received>> exchange(Lane lane, Exchange exchange, CountDownLatch reading) {
        lane.target().exchange(exchange, reading);
        ExecutorService threads = Executors.newFixedThreadPool(UNREAD_TUNNELS);
        Callable<Received> application = () -> {
            try (Socket socket = SocksPort.open(lane.application().port())) {
                Sending sending = Exchange.send(socket, exchange.up(), exchange.bytes());
                reading.await();
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS_TO_RECOVER));
                Received all = Received.read(socket, exchange.down()).behind(sending, socket);
                sending.await();
                return all;
            }
        };
        List<Future<Received>> all = new ArrayList<>();
        for (int i = 0; i < UNREAD_TUNNELS; i++) {
            all.add(threads.submit(application));
        }
        threads.shutdown();
        return all;
    }

    private static long whole(List<Future<Received>> all) throws Exception {
        long whole = 0;
        for (Future<Received> each : all) {
            Received received = each.get();
            boolean complete = received.wrongAt() < 0 && received.end() == Received.End.EOF && received.bytes() > 0;
            whole += complete ? 1 : 0;
        }
        return whole;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aControlConnectionInAHoleIsNoticedOnBothSidesWhileItsTunnelGoesOn() throws Exception {
        Lane lane = lanes.all().get(1);
        Ends ends = lane.run(Exchange.of(1000, BYTES), () -> {
            int clientsLog = lanes.clients().errors().size();
            int skeletonsLog = lanes.skeletons().errors().size();
            int relayLog = lanes.network().node().errors().size();
            for (FaultProxy link : List.of(lane.clientLink(), lane.skeletonLink())) {
                link.set(Direction.UP, new Fault.Hole(0), Traffic.CONTROL, 1);
                link.set(Direction.DOWN, new Fault.Hole(0), Traffic.CONTROL, 1);
            }
            lane.skeletonLink().entrance(Entrance.REFUSING);
            String lost = "lost the relay at %s: nothing was received for 25 s";
            lanes.clients().awaitLog(String.format(lost, lane.clientLink().address()), clientsLog, SECONDS_TO_NOTICE);
            lanes.skeletons()
                    .awaitLog(String.format(lost, lane.skeletonLink().address()), skeletonsLog, SECONDS_TO_NOTICE);
            Program node = lanes.network().node();
            node.awaitLog("carol logged out: nothing was received for 25 s", relayLog, SECONDS_TO_NOTICE);
            node.awaitLog("sam logged out: nothing was received for 25 s", relayLog, SECONDS_TO_NOTICE);
            lanes.network().awaitList(SECONDS_TO_NOTICE, "lane-0", "lane-2", "lane-3");
        });
        assertTrue(ends.areWhole(), ends::toString);
        lane.awaitRecovery(1100, BYTES, SECONDS_TO_RECOVER);
    }

    /** The old session would be noticed after 25 s only; a process that comes back has its id at once. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theSameSkeletonOnANewConnectionReplacesItsOldSessionAtOnce() throws Exception {
        Lane lane = lanes.all().get(2);
        int relayLog = lanes.network().node().errors().size();
        lane.skeletonLink().set(Direction.DOWN, new Fault.Hole(0), Traffic.CONTROL, 1);
        // The spare that follows this tunnel's is refused, so the skeleton logs in again for a fresh ticket.
        FaultRule refused = lane.skeletonLink().setOnNew(Direction.UP, new Fault.Flip(300), Traffic.LEG, 1);
        lane.target().exchange(Exchange.of(2000, BYTES));
        assertTrue(Exchange.of(2000, BYTES)
                .run(lane.application().port(), () -> {})
                .isWhole(BYTES));
        refused.awaitStrike(SECONDS_TO_NOTICE);
        lanes.network().node().awaitLog("sam logged out: replaced by a newer one", relayLog, 10);
        lane.awaitRecovery(2100, BYTES, SECONDS_TO_RECOVER);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anotherExclusiveSkeletonTakesTheIdOfOneThatDoesNotAnswer() throws Exception {
        Lane lane = lanes.all().get(3);
        int skeletonsLog = lanes.skeletons().errors().size();
        Program other = lanes.network()
                .skeleton()
                .start(
                        "expose",
                        "--exclusive",
                        lane.id(),
                        "127.0.0.1:" + lane.target().port());
        other.awaitLog(lane.id() + " is not served: .*another skeleton", SECONDS_TO_RECOVER);
        lane.skeletonLink().set(Direction.DOWN, new Fault.Hole(0), Traffic.CONTROL, 1);
        lane.skeletonLink().set(Direction.UP, new Fault.Hole(0), Traffic.CONTROL, 1);
        other.awaitLine("serving " + lane.id(), SECONDS_TO_NOTICE);
        lanes.network().node().awaitLog("sam logged out: it did not answer, and another instance took its id", 10);
        lane.lift();
        lanes.skeletons().awaitLog(lane.id() + " is not served: .*another skeleton", skeletonsLog, SECONDS_TO_NOTICE);
        other.terminate(20);
        lane.awaitRecovery(3100, BYTES, SECONDS_TO_RECOVER);
    }
}
