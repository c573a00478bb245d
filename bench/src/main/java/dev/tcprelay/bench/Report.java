package dev.tcprelay.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The figures as a table and as JSON. */
final class Report {
    private final Machine machine;
    private final Figures figures;
    private final JsonObject settings;
    private final JsonObject contenders = new JsonObject();

    /** @param settings of the run */
    Report(Machine machine, JsonObject settings, Figures figures) {
        this.machine = machine;
        this.settings = settings;
        this.figures = figures;
    }

    /** What a contender was: the version that it says, and how it was started. */
    void describe(Way way, String version) {
        JsonArray configuration = new JsonArray();
        way.stage().configuration().forEach(configuration::add);
        contenders.put(way.name(), new JsonObject().put("version", version).put("configuration", configuration));
    }

    /** The JSON to that file, the plot beside it. */
    void save(Path json) throws IOException {
        Files.writeString(json, json().encodePrettily() + "\n");
        Files.writeString(json.resolveSibling(json.getFileName() + ".svg"), Plot.of(machine, figures));
    }

    /** A line for each case and contender. */
    void print(PrintStream out) {
        out.println(machine);
        for (String name : figures.names()) {
            for (String contender : figures.contenders(name)) {
                out.println(line(name, contender));
            }
        }
        extraHop().forEach((name, ratio) -> out.printf("extra hop: %s %s x %s%n", name, number(ratio), Relay.NAME));
        figures.failures().forEach((name, all) -> printFailures(out, name, all));
        if (!machine.isQuiet()) {
            out.println("The machine was NOT quiet: others used the CPUs before the run. These figures mean little.");
        }
    }

    /** Those who failed alike in one line. */
    private static void printFailures(PrintStream out, String name, Map<String, String> failures) {
        Map<String, List<String>> alike = new LinkedHashMap<>();
        failures.forEach((contender, message) ->
                alike.computeIfAbsent(message, m -> new ArrayList<>()).add(contender));
        alike.forEach((message, contenders) -> out.printf(
                "failed: %s %s: %s%n",
                name, String.join(", ", contenders), message.strip().replace("\n", "\n    ")));
    }

    private String line(String name, String contender) {
        StringBuilder line = new StringBuilder(String.format("%-26s %-20s", name, contender));
        String headline = figures.headline(name, contender);
        figures.metrics(name, contender).forEach((metric, values) -> {
            if (!metric.equals(headline)) {
                line.append("  ").append(number(values.median())).append(' ').append(metric);
                return;
            }
            line.append(String.format(" %8s %s", number(values.median()), metric));
            line.append(" [").append(number(values.least())).append(" - ");
            line.append(number(values.most())).append(']');
            figures.ratio(name, contender, Direct.NAME, metric)
                    .ifPresent(ratio -> line.append(" = ").append(number(ratio)).append(" x direct"));
        });
        return line.toString();
    }

    /**
     * The whole. A figure's path is the case, the contender, the metric: {@code bulk.1.relay.gbps} is the median;
     * {@code ratio} is that of the case's first metric to direct; {@code rounds} has all values in their order.
     */
    JsonObject json() {
        JsonObject all = new JsonObject()
                .put("machine", machine.json())
                .put("settings", settings)
                .put("contenders", contenders)
                .put("failures", new JsonObject(Map.copyOf(figures.failures())))
                .put("extra_hop", new JsonObject(new LinkedHashMap<>(extraHop())));
        for (String name : figures.names()) {
            JsonObject at = all;
            for (String part : name.split("\\.", -1)) {
                if (!at.containsKey(part)) {
                    at.put(part, new JsonObject());
                }
                at = at.getJsonObject(part);
            }
            for (String contender : figures.contenders(name)) {
                at.put(contender, json(name, contender));
            }
        }
        return all;
    }

    private JsonObject json(String name, String contender) {
        JsonObject json = new JsonObject();
        JsonObject rounds = new JsonObject();
        figures.metrics(name, contender).forEach((metric, values) -> {
            json.put(metric, values.median());
            rounds.put(metric, new JsonArray(values.all()));
        });
        figures.ratio(name, contender, Direct.NAME, figures.headline(name, contender))
                .ifPresent(ratio -> json.put("ratio", ratio));
        return json.put("rounds", rounds);
    }

    /** What two nodes do as a part of what one does, by case. */
    private Map<String, Double> extraHop() {
        Map<String, Double> hop = new LinkedHashMap<>();
        for (String name : figures.names()) {
            if (figures.contenders(name).contains(RelayTwoNodes.NAME)) {
                String headline = figures.headline(name, RelayTwoNodes.NAME);
                OptionalDouble ratio = figures.ratio(name, RelayTwoNodes.NAME, Relay.NAME, headline);
                ratio.ifPresent(value -> hop.put(name + "." + headline, value));
            }
        }
        return hop;
    }

    /** Three digits. */
    static String number(double value) {
        String format = Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
