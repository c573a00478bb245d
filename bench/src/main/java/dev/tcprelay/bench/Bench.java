package dev.tcprelay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/run}: relay, skeleton and client beside plain loopback and other programs, in interleaved rounds. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = {
            "Measures relay, skeleton and client beside plain loopback, and beside those of these programs that are on",
            "the PATH: haproxy, ssh, rathole, frp, bore, chisel, gsocket. Workloads:",
            "  bulk         throughput and CPU of 1, 8, 64 and 512 streams, up and down",
            "  ping-pong    1 byte and 1 KiB there and back, and 1 KiB beside 64 streams of bulk data",
            "  first-byte   from connect to the first byte of the reply",
            "  connections  new connections a second, with an HTTP request each",
            "  cold         first bytes and first seconds of processes that have just started",
            "  idle         memory for each idle tunnel",
            "  cluster      what two nodes tell each other",
            "  long-link    first bytes, throughput and latency with delay and loss (needs root, ip, cc)"
        })
public final class Bench implements Callable<Integer> {
    @Option(names = "--relay", required = true, hidden = true)
    private Path relay = Path.of("relay");

    @Option(names = "--router", hidden = true)
    private @Nullable Path router;

    @Option(names = "--quick", description = "One short round of everything, at most 8 minutes.")
    private boolean quick;

    @Option(names = "--only", split = ",", paramLabel = "WORKLOAD", description = "Only these; standard: all.")
    private List<String> only = List.of();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "NAME",
            description = "Beside these programs only, such as haproxy,ssh, or none; standard: all that are there.")
    private List<String> peers = List.of();

    @Option(names = "--rounds", description = "Rounds, of which the median is shown; standard: 5, quick: 1.")
    private int rounds;

    @Option(names = "--seconds", description = "For each measurement; standard: 1, quick: 0.3.")
    private double seconds;

    @Option(names = "--streams", split = ",", description = "Numbers of streams; standard: 1,8,64,512, quick: 1,8,64.")
    private List<Integer> streams = List.of();

    @Option(names = "--idle", split = ",", description = "Idle tunnels; standard: 1000,4000,8000, quick: 500.")
    private List<Integer> idle = List.of();

    @Option(names = "--ids", description = "Ids that a cluster has to share; standard: 10000.")
    private int ids = 10_000;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all values there, and FILE.svg, a plot.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Contenders contenders = chosen();
        Plan plan = plan();
        Machine machine = Machine.look();
        if (!machine.isQuiet()) {
            System.err.println("WARNING: the machine is not quiet: " + machine);
        }
        contenders
                .missing()
                .forEach(peer -> System.err.printf(
                        "without %s: not all of %s are on the PATH%n",
                        peer.name(), String.join(", ", peer.programs())));
        Figures figures = new Figures();
        Report report = new Report(machine, plan.json(), figures);
        TimeLimit limit = TimeLimit.in(plan.limit());
        try (Arena arena = Arena.at(Places.LOOPBACK, limit)) {
            Thread hook = new Thread(arena::closeQuietly, "end of the processes");
            Runtime.getRuntime().addShutdownHook(hook);
            new Run(plan, arena, contenders.available(), limit).measure(figures, report);
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        report.print(System.out);
        if (json != null) {
            Files.writeString(json, report.json().encodePrettily() + "\n");
            Files.writeString(json.resolveSibling(json.getFileName() + ".svg"), Plot.of(machine, figures));
        }
        return figures.names().isEmpty() ? 1 : 0;
    }

    private Contenders chosen() {
        try {
            return Contenders.all(relay.toAbsolutePath()).choose(peers);
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private Plan plan() {
        try {
            Plan standard = quick ? Plan.QUICK : Plan.STANDARD;
            return new Plan(
                    relay.toAbsolutePath(),
                    router,
                    only,
                    rounds == 0 ? standard.rounds() : rounds,
                    seconds == 0 ? standard.seconds() : seconds,
                    streams.isEmpty() ? standard.streams() : streams,
                    idle.isEmpty() ? standard.idle() : idle,
                    standard.roundTrips(),
                    ids,
                    standard.limit());
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private ParameterException wrong(IllegalArgumentException e) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()));
    }
}
