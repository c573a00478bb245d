package dev.tcprelay.bench;

import java.util.Map;

/** Where one case of one contender puts its values. */
record Measured(Figures figures, String name, String contender) {
    void add(String metric, double value) {
        figures.add(name, contender, metric, value);
    }

    /** CPU by process; see {@link Figures#addCpu}. */
    void addCpu(String metric, Map<String, Double> cpu) {
        figures.addCpu(name, contender, metric, cpu);
    }
}
