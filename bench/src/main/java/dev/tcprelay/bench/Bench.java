package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private static final long UNWINDING_SECONDS = 30;

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

    @Option(names = "--warm-up", description = "Seconds for each case, not counted; standard: 5, quick: 0.5.")
    private double warmUp;

    @Option(names = "--streams", split = ",", description = "Numbers of streams; standard: 1,8,64,512, quick: 1,8,64.")
    private List<Integer> streams = List.of();

    @Option(names = "--idle", split = ",", description = "Idle tunnels; standard: 1000,4000,8000, quick: 500.")
    private List<Integer> idle = List.of();

    @Option(names = "--ids", description = "Ids that a cluster has to share; standard: 10000.")
    private int ids = 10_000;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes all values there, after each round, and FILE.svg, a plot.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        var unwound = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(unwinding(Thread.currentThread(), unwound), "unwinding"));
        try {
            return run();
        } finally {
            unwound.countDown();
        }
    }

    /** When this process is to stop: the thread that measures ends what it has started. */
    private static Runnable unwinding(Thread measuring, CountDownLatch unwound) {
        return () -> {
            measuring.interrupt();
            try {
                boolean unused = unwound.await(UNWINDING_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private int run() throws IOException, InterruptedException {
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
            new Run(plan, arena, contenders.available(), limit).measure(figures, report, json);
        } catch (InterruptedException e) {
            System.err.println("stopped; what has been measured so far:");
        }
        report.print(System.out);
        if (json != null) {
            report.save(json);
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
                    warmUp == 0 ? standard.warmUp() : warmUp,
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
