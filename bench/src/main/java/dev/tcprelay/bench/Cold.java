package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Processes that have just started, where nothing is compiled yet, new ones in each round: how long the first tunnel
 * takes, and the 20th; then what one stream carries in each of the first seconds.
 */
record Cold(Starts starts, List<Contender> contenders) implements Workload {
    static final String NAME = "cold";

    private static final int LATER = 20;
    private static final int SECONDS = 2;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void round(Figures figures) throws InterruptedException {
        for (Contender contender : contenders) {
            try (Way way = starts.start(contender)) {
                measure(way, new Measured(figures, NAME, way.name()));
            } catch (IOException e) {
                figures.fail(NAME, contender.name(), e);
            }
        }
    }

    private static void measure(Way way, Measured measured) throws IOException, InterruptedException {
        measured.add("first_ms", way.firstMillis());
        double last = 0;
        for (int i = 1; i < LATER; i++) {
            last = Asking.firstByteMillis(way.entry());
        }
        measured.add(LATER + "th_ms", last);
        try (Load load = new Load(way, Load.Direction.UP, 1)) {
            long before = load.bytes();
            for (int second = 1; second <= SECONDS; second++) {
                TimeUnit.SECONDS.sleep(1);
                long after = load.bytes();
                measured.add("second_" + second + "_gbps", (after - before) * 8 / 1e9);
                before = after;
            }
        }
    }
}
