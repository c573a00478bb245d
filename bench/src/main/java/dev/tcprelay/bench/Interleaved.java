package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;

/** Cases in which contenders that run already take turns, so that what else the machine does is shared by all. */
record Interleaved(String name, String prefix, List<? extends Case> cases, List<Way> ways) implements Workload {
    Interleaved(String name, List<? extends Case> cases, List<Way> ways) {
        this(name, "", cases, ways);
    }

    @Override
    public void round(Figures figures) throws InterruptedException {
        for (Case each : cases) {
            for (Way way : ways) {
                String named = prefix + each.name();
                try {
                    each.measure(way, new Measured(figures, named, way.name()));
                } catch (IOException e) {
                    figures.fail(named, way.name(), e);
                }
            }
        }
    }
}
