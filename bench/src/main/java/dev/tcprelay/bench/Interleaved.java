package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;

/**
 * Cases in which contenders that run already take turns, so that what else the machine does is shared by all.
 *
 * @param prefix of the cases' names
 */
record Interleaved(String name, String prefix, List<? extends Case> cases, List<Way> ways, TimeLimit limit)
        implements Workload {
    /** The same for JVMs only, which compile meanwhile what they will run; not to be counted. */
    Interleaved warmingUp() {
        List<Way> machines = ways.stream()
                .filter(way -> way.isOurs() || way.name().equals(Direct.NAME))
                .toList();
        return new Interleaved("warming up", prefix, cases, machines, limit);
    }

    @Override
    public void round(Figures figures) throws InterruptedException {
        for (Case each : cases) {
            for (Way way : ways) {
                String named = prefix + each.name();
                try {
                    limit.require();
                    each.measure(way, new Measured(figures, named, way.name()));
                } catch (IOException e) {
                    figures.fail(named, way.name(), e);
                }
            }
        }
    }
}
