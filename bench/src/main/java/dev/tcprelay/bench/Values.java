package dev.tcprelay.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the rounds gave for one metric, in their order; at least one. */
final class Values {
    /** A tail is told only if its rounds are no further apart than this part of their median, and are this many. */
    private static final double AGREEMENT = 0.25;

    private static final int ROUNDS = 3;

    private final List<Double> all = new ArrayList<>();

    void add(double value) {
        all.add(value);
    }

    List<Double> all() {
        return Collections.unmodifiableList(all);
    }

    double median() {
        List<Double> sorted = all.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double least() {
        return Collections.min(all);
    }

    double most() {
        return Collections.max(all);
    }

    /** Whether the rounds say nearly the same. */
    boolean agree() {
        return all.size() >= ROUNDS && most() - least() <= AGREEMENT * median();
    }

    /** The value that a part of a sample does not exceed. */
    static double quantile(double[] sorted, double part) {
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * part))];
    }
}
