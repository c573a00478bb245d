package dev.tcprelay.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/run}: the whole chain beside plain loopback, in interleaved rounds of one run. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = {
            "Measures relay, skeleton and client beside plain loopback. Workloads:",
            "  bulk         throughput and CPU, up and down",
            "  first-byte   from connect to the first byte of the reply",
            "  cold         the same in processes that have just started",
            "  connections  new connections a second, with one small request each",
            "  idle         bytes for each idle tunnel in each process"
        })
public final class Bench implements Callable<Integer> {
    private static final List<String> NAMES =
            List.of(Bulk.NAME, FirstByte.NAME, Connections.NAME, Cold.NAME, Idle.NAME);

    @Option(names = "--relay", required = true, hidden = true)
    private Path relay = Path.of("relay");

    @Option(names = "--quick", description = "One short round of everything, to see whether it runs.")
    private boolean quick;

    @Option(names = "--only", split = ",", paramLabel = "WORKLOAD", description = "Only these; standard: all.")
    private List<String> only = List.of();

    @Option(names = "--rounds", description = "Rounds, of which the median is shown; standard: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Seconds for each measurement; standard: ${DEFAULT-VALUE}.")
    private double seconds = 2;

    @Option(names = "--streams", split = ",", description = "Numbers of streams; standard: ${DEFAULT-VALUE}.")
    private List<Integer> streams = List.of(1, 32);

    @Option(names = "--idle", split = ",", description = "Numbers of idle tunnels; standard: ${DEFAULT-VALUE}.")
    private List<Integer> idle = List.of(1000, 4000);

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the medians there, too.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        check();
        if (quick) {
            rounds = 1;
            seconds = 0.5;
            idle = List.of(500);
        }
        Figures figures = new Figures();
        try (Target bulk = new Target();
                Responder small = new Responder()) {
            var chains = RelayChain.starter(relay.toAbsolutePath(), bulk.port(), small.port());
            try (RelayChain chain = chains.start("")) {
                run(workloads(bulk, small, chain, chains), figures);
            }
        }
        System.out.println(machine());
        figures.print(System.out);
        if (json != null) {
            JsonObject all = new JsonObject().put("machine", machine()).put("cases", figures.json());
            Files.writeString(json, all.encodePrettily() + "\n");
        }
        return 0;
    }

    private List<Workload> workloads(Target bulk, Responder small, RelayChain chain, RelayChain.Starter chains)
            throws IOException {
        List<Contender> toSmall = List.of(Contender.direct(small.port()), chain.small());
        return List.of(
                new Bulk(bulk, List.of(Contender.direct(bulk.port()), chain.bulk()), streams, seconds),
                new FirstByte(toSmall, (int) (100 * seconds)),
                new Connections(toSmall, seconds),
                new Cold(chains, small.port()),
                new Idle(chains, idle));
    }

    private void check() {
        for (String name : only) {
            if (!NAMES.contains(name) && spec != null) {
                throw new ParameterException(
                        spec.commandLine(), "no workload " + name + "; there are " + String.join(", ", NAMES));
            }
        }
    }

    /** The round that is not counted is number -1. */
    private void run(List<Workload> workloads, Figures figures) throws IOException, InterruptedException {
        for (int round = -1; round < rounds; round++) {
            for (Workload workload : workloads) {
                if (workload.takesPart(round) && (only.isEmpty() || only.contains(workload.name()))) {
                    System.err.printf("round %d of %d: %s%n", round + 1, rounds, workload.name());
                    workload.round(round < 0 ? new Figures() : figures);
                }
            }
        }
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
