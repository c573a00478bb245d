package dev.tcprelay.bench;

import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The values of all rounds, by case, contender and metric, in the order in which they were first measured. The first
 * metric of a contender is what its case is about. A metric's name ends with its unit.
 */
final class Figures {
    private final Map<String, Map<String, Map<String, List<Double>>>> cases = new LinkedHashMap<>();

    /** Adds the value of one round. */
    void add(String name, Contender contender, String metric, double value) {
        cases.computeIfAbsent(name, n -> new LinkedHashMap<>())
                .computeIfAbsent(contender.name(), c -> new LinkedHashMap<>())
                .computeIfAbsent(metric, m -> new ArrayList<>())
                .add(value);
    }

    /** For what passed by: {@code metric} for all processes that carried it, then for each process. */
    void addCpu(String name, Contender contender, String metric, Map<String, Double> cpu) {
        if (!contender.processes().isEmpty()) {
            add(name, contender, metric, contender.carried(cpu));
        }
        cpu.forEach((process, value) -> add(name, contender, process + "_" + metric, value));
    }

    /** A line for each case and contender. */
    void print(PrintStream out) {
        cases.forEach((name, contenders) -> contenders.forEach((contender, metrics) -> {
            StringBuilder line = new StringBuilder(String.format("%-16s %-7s", name, contender));
            String headline = metrics.keySet().iterator().next();
            metrics.forEach((metric, values) -> {
                if (!metric.equals(headline)) {
                    line.append("  ").append(number(median(values))).append(' ').append(metric);
                    return;
                }
                line.append(String.format(" %8s %s", number(median(values)), metric));
                line.append(" [").append(number(least(values))).append(" - ");
                line.append(number(most(values))).append(']');
                ofDirect(name, contender, metric)
                        .ifPresent(ratio ->
                                line.append(" = ").append(number(ratio)).append(" x direct "));
            });
            out.println(line);
        }));
    }

    /** Medians, ranges and ratios of medians. */
    JsonObject json() {
        JsonObject all = new JsonObject();
        cases.forEach((name, contenders) -> {
            JsonObject one = new JsonObject();
            contenders.forEach((contender, metrics) -> {
                JsonObject values = new JsonObject();
                metrics.keySet().forEach(metric -> values.put(metric, json(name, contender, metric)));
                one.put(contender, values);
            });
            all.put(name, one);
        });
        return all;
    }

    private JsonObject json(String name, String contender, String metric) {
        List<Double> values = values(name, contender, metric);
        JsonObject json = new JsonObject()
                .put("median", median(values))
                .put("min", least(values))
                .put("max", most(values))
                .put("rounds", values.size());
        ofDirect(name, contender, metric).ifPresent(ratio -> json.put("of_direct", ratio));
        return json;
    }

    /** Empty for the direct one itself, and where it has no such metric. */
    private OptionalDouble ofDirect(String name, String contender, String metric) {
        List<Double> direct = values(name, Contender.DIRECT, metric);
        return direct.isEmpty() || contender.equals(Contender.DIRECT)
                ? OptionalDouble.empty()
                : OptionalDouble.of(median(values(name, contender, metric)) / median(direct));
    }

    private List<Double> values(String name, String contender, String metric) {
        return cases.getOrDefault(name, Map.of())
                .getOrDefault(contender, Map.of())
                .getOrDefault(metric, List.of());
    }

    private static String number(double value) {
        String format = Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double least(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    private static double most(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
