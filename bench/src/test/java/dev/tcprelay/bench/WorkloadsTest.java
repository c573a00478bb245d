package dev.tcprelay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The workloads themselves, with the target as a process and nothing in between. */
class WorkloadsTest {
    private static final double SECONDS = 0.05;
    private static final TimeLimit LIMIT = TimeLimit.in(Duration.ofMinutes(2));

    private final Figures figures = new Figures();
    private Arena arena;

    @BeforeEach
    void start() throws Exception {
        arena = Arena.at(Places.LOOPBACK, LIMIT);
    }

    @AfterEach
    void end() throws IOException {
        arena.close();
    }

    @Test
    void whatACaseHasClosedIsNotInTheWayOfTheEnd() throws Exception {
        arena.start(new Direct()).close();
        arena.close();
    }

    private void measure(Case... cases) throws Exception {
        new Interleaved("test", "", List.of(cases), List.of(arena.start(new Direct())), LIMIT).round(figures);
        assertEquals("{}", figures.failures().toString());
    }

    private double median(String name, String metric) {
        return figures.metrics(name, Direct.NAME).get(metric).median();
    }

    @Test
    void bytesThatArriveInBothDirectionsAreCounted() throws Exception {
        measure(new Bulk(2, SECONDS));
        double up = median("bulk.2", "up_gbps");
        double down = median("bulk.2", "down_gbps");
        double both = median("bulk.2", "gbps");
        assertTrue(up > 0 && down > 0, up + ", " + down);
        assertTrue(both >= Math.min(up, down) && both <= Math.max(up, down), "between them: " + both);
        assertTrue(median("bulk.2", "ends_cpu_s_per_gib") > 0);
    }

    @Test
    void pingPongsGiveTimesAlsoBesideALoad() throws Exception {
        measure(new PingPong(1, 0, SECONDS), new PingPong(1024, 2, SECONDS));
        assertTrue(median("ping-pong.1", "p50_us") > 0);
        assertTrue(median("ping-pong.1", "p50_us") <= median("ping-pong.1", "p90_us"));
        assertTrue(median("ping-pong.1024-beside-2", "arrived_gib") > 0);
    }

    @Test
    void firstBytesAndWholeRequestsGetAnswers() throws Exception {
        measure(new FirstByte(SECONDS, 0), new FirstByte(SECONDS, 5), new Connections(SECONDS));
        assertTrue(median("first-byte.in-turn", "p50_ms") > 0);
        assertTrue(median("first-byte.5ms-apart", "p50_ms") > 0);
        assertTrue(median("connections", "per_s") > 0);
    }

    @Test
    void whatHasNoTimeLeftIsLeftOutAndNamed() throws Exception {
        Way working = arena.start(new Direct());
        TimeLimit over = TimeLimit.in(Duration.ZERO);
        new Interleaved("test", "far.", List.of(new FirstByte(SECONDS, 0)), List.of(working), over).round(figures);
        assertEquals(
                "{far.first-byte.in-turn={direct=left out: the time of the run is over}}",
                figures.failures().toString());
    }

    @Test
    void aContenderThatBreaksIsAFailureAndTheOthersAreMeasured() throws Exception {
        Way working = arena.start(new Direct());
        Case broken = new Case() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public void measure(Way way, Measured measured) throws IOException {
                throw new IOException("out of order");
            }
        };
        new Interleaved("test", "", List.of(broken, new FirstByte(SECONDS, 0)), List.of(working), LIMIT).round(figures);
        assertEquals("{broken={direct=out of order}}", figures.failures().toString());
        assertTrue(median("first-byte.in-turn", "p50_ms") > 0);
    }
}
