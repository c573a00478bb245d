package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The same over a long link, with delay and loss of packets: relay, skeleton and client are on hosts of their own, and
 * the relay is half way. All rounds are measured at once, since the processes are new.
 *
 * @param program the router, built from long-link.c
 * @param roundTrips milliseconds from client to target and back, without a relay
 */
record LongLink(
        Path program, List<Contender> contenders, List<Integer> roundTrips, int rounds, double seconds, TimeLimit limit)
        implements Workload {
    static final String NAME = "long-link";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean once() {
        return true;
    }

    @Override
    public void round(Figures figures) throws IOException, InterruptedException {
        for (int millis : roundTrips) {
            String name = NAME + "." + millis + "ms";
            try (Network network = Network.start(program, millis);
                    Arena arena = Arena.at(network.places(), limit)) {
                List<Way> ways = new ArrayList<>();
                for (Contender contender : contenders) {
                    try {
                        ways.add(arena.start(contender));
                    } catch (IOException e) {
                        figures.fail(name, contender.name(), e);
                    }
                }
                List<Case> cases = List.of(
                        new FirstByte(seconds, 0),
                        new PingPong(1, 0, seconds),
                        new Bulk(1, seconds),
                        new Bulk(8, seconds));
                Interleaved all = new Interleaved(NAME, name + ".", cases, ways, limit);
                all.warmingUp().round(new Figures());
                for (int i = 0; i < rounds; i++) {
                    all.round(figures);
                }
            }
        }
    }
}
