package dev.tcprelay.bench;

import dev.tcprelay.bench.Bulk.Direction;
import dev.tcprelay.bench.Bulk.Sample;
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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run}: throughput and CPU of the whole chain beside plain loopback, in interleaved rounds of one run. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = "Measures bulk transfers through relay, skeleton and client, beside plain loopback.")
public final class Bench implements Callable<Integer> {
    @Option(names = "--relay", required = true, hidden = true)
    private Path relay = Path.of("relay");

    @Option(names = "--rounds", description = "Rounds, of which the median is shown; standard: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Seconds for each measurement; standard: ${DEFAULT-VALUE}.")
    private double seconds = 2;

    @Option(names = "--streams", split = ",", description = "Numbers of streams; standard: ${DEFAULT-VALUE}.")
    private List<Integer> streams = List.of(1, 32);

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the medians there, too.")
    private @Nullable Path json;

    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = RelayChain.temporaryDirectory();
        try (Target target = new Target();
                RelayChain chain = RelayChain.start(relay.toAbsolutePath(), directory, target.port())) {
            List<Contender> contenders = List.of(new Contender("direct", target.port(), List.of()), chain.contender());
            Bulk bulk = new Bulk(target);
            // One round that is not counted: the JVMs compile what they will run.
            round(bulk, contenders, seconds);
            samples.clear();
            for (int i = 0; i < rounds; i++) {
                round(bulk, contenders, seconds);
            }
        }
        report(System.out);
        if (json != null) {
            Files.writeString(json, medians().encodePrettily() + "\n");
        }
        return 0;
    }

    private void round(Bulk bulk, List<Contender> contenders, double length) throws IOException, InterruptedException {
        for (int count : streams) {
            for (Direction direction : Direction.values()) {
                for (Contender contender : contenders) {
                    Sample sample = bulk.measure(contender, direction, count, length);
                    String key = key(direction, count, contender.name());
                    samples.computeIfAbsent(key, k -> new ArrayList<>()).add(sample);
                }
            }
        }
    }

    private static String key(Direction direction, int streams, String contender) {
        return direction.name().toLowerCase(Locale.ROOT) + "." + streams + "." + contender;
    }

    private void report(PrintStream out) {
        out.println(machine());
        out.printf("%-16s %8s %16s %14s   %s%n", "bulk", "Gbit/s", "[min-max]", "CPU-s/GiB", "of which");
        samples.forEach((key, all) -> {
            Sample median = median(all);
            double[] range = all.stream().mapToDouble(Sample::gbps).sorted().toArray();
            StringBuilder parts = new StringBuilder();
            median.cpuSecondsPerGib()
                    .forEach((name, cpu) -> parts.append(String.format(Locale.ROOT, "%s %.2f  ", name, cpu)));
            out.printf(
                    Locale.ROOT,
                    "%-16s %8.2f %16s %14.2f   %s%n",
                    key,
                    median.gbps(),
                    String.format(Locale.ROOT, "[%.2f-%.2f]", range[0], range[range.length - 1]),
                    median.carried(),
                    parts);
        });
    }

    private static Sample median(List<Sample> all) {
        List<Sample> sorted = new ArrayList<>(all);
        sorted.sort((a, b) -> Double.compare(a.gbps(), b.gbps()));
        return sorted.get(sorted.size() / 2);
    }

    private JsonObject medians() {
        JsonObject root = new JsonObject().put("machine", machine());
        samples.forEach((key, all) -> {
            Sample median = median(all);
            JsonObject cpu = new JsonObject();
            median.cpuSecondsPerGib().forEach(cpu::put);
            root.put(
                    "bulk." + key,
                    new JsonObject()
                            .put("gbps", median.gbps())
                            .put("cpu_s_per_gib", median.carried())
                            .put("cpu_s_per_gib_by_process", cpu));
        });
        return root;
    }

    private String machine() {
        return String.format(
                Locale.ROOT,
                "%d CPUs, %s %s, Java %s; %d rounds of %.1f s after one that is not counted",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                rounds,
                seconds);
    }
}
