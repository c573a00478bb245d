package dev.tcprelay.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The values of all rounds, by case, contender and metric, in the order in which they were first measured, and what
 * failed. The first metric of a contender is what its case is about. A metric's name ends with its unit.
 */
final class Figures {
    /** Before metrics that are told only where the rounds agree. */
    private static final String TAIL = "p99";

    private final Map<String, Map<String, Map<String, Values>>> cases = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> failures = new LinkedHashMap<>();

    /** Adds the value of one round. */
    void add(String name, String contender, String metric, double value) {
        cases.computeIfAbsent(name, n -> new LinkedHashMap<>())
                .computeIfAbsent(contender, c -> new LinkedHashMap<>())
                .computeIfAbsent(metric, m -> new Values())
                .add(value);
    }

    /** For what passed by: {@code metric} for all processes that carried it, then for each process. */
    void addCpu(String name, String contender, String metric, Map<String, Double> cpu) {
        if (cpu.keySet().stream().anyMatch(process -> !process.equals(Way.ENDS))) {
            double carried = cpu.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals(Way.ENDS))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            add(name, contender, metric, carried);
        }
        cpu.forEach((process, value) -> add(name, contender, process + "_" + metric, value));
    }

    /** A contender could not be measured; of several times the last counts. */
    void fail(String name, String contender, Exception failure) {
        String message = failure.getMessage();
        failures.computeIfAbsent(name, n -> new LinkedHashMap<>())
                .put(contender, message == null ? failure.toString() : message);
    }

    /** Messages by case and contender. */
    Map<String, Map<String, String>> failures() {
        return Collections.unmodifiableMap(failures);
    }

    Set<String> names() {
        return cases.keySet();
    }

    Set<String> contenders(String name) {
        return cases.getOrDefault(name, Map.of()).keySet();
    }

    /** Without tails about which the rounds do not agree. */
    Map<String, Values> metrics(String name, String contender) {
        Map<String, Values> told = new LinkedHashMap<>();
        cases.getOrDefault(name, Map.of()).getOrDefault(contender, Map.of()).forEach((metric, values) -> {
            if (!metric.startsWith(TAIL) || values.agree()) {
                told.put(metric, values);
            }
        });
        return told;
    }

    /** What the case is about. */
    String headline(String name, String contender) {
        return metrics(name, contender).keySet().iterator().next();
    }

    /** The median as a part of another contender's; empty where one of them has no such metric. */
    OptionalDouble ratio(String name, String contender, String other, String metric) {
        Values of = metrics(name, other).get(metric);
        Values own = metrics(name, contender).get(metric);
        return of == null || own == null || contender.equals(other) || of.median() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(own.median() / of.median());
    }
}
