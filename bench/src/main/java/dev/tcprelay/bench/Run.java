package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run: starts the contenders and leads the workloads through the rounds. */
final class Run {
    /** Streams beside which a ping-pong is measured. */
    private static final int BESIDE = 64;

    private static final int KIB = 1024;
    private static final int PAUSE_MILLIS = 10;
    private static final int TUNNELS = 1000;
    private static final int LONG_ROUNDS = 3;

    private final Plan plan;
    private final Arena arena;
    private final List<Contender> contenders;
    private final TimeLimit limit;

    Run(Plan plan, Arena arena, List<Contender> contenders, TimeLimit limit) {
        this.plan = plan;
        this.arena = arena;
        this.contenders = contenders;
        this.limit = limit;
    }

    /**
     * Measures everything; what contenders there were goes into the report.
     *
     * @param json where the report is saved after each round; null for nowhere
     */
    void measure(Figures figures, Report report, @Nullable Path json) throws IOException, InterruptedException {
        for (Workload workload : workloads(figures, report)) {
            int rounds = workload.once() ? 1 : plan.rounds();
            for (int round = 1; round <= rounds; round++) {
                say("%s, round %d of %d", workload.name(), round, rounds);
                workload.round(figures);
                if (json != null) {
                    report.save(json);
                }
            }
        }
    }

    private List<Workload> workloads(Figures figures, Report report) throws InterruptedException {
        List<Workload> all = new ArrayList<>();
        if (!cases(1).isEmpty()) {
            List<Way> ways = ways(figures, report);
            say("warming up");
            new Interleaved("", "", cases(plan.warmUp()), ways, limit)
                    .warmingUp()
                    .round(new Figures());
            all.add(new Interleaved("bulk to connections", "", cases(plan.seconds()), ways, limit));
        }
        List<Contender> whole = contenders.stream()
                .filter(contender -> !contender.name().contains("-alone"))
                .toList();
        List<Contender> processes = whole.stream()
                .filter(contender -> !contender.name().equals(Direct.NAME))
                .toList();
        if (plan.has(Cold.NAME)) {
            all.add(new Cold(arena, whole));
        }
        if (plan.has(Idle.NAME)) {
            all.add(new Idle(arena, processes, plan.idle()));
        }
        if (plan.has(Cluster.NAME)) {
            all.add(new Cluster(arena, plan.relay(), TUNNELS, plan.ids()));
        }
        if (plan.has(LongLink.NAME)) {
            if (plan.router() == null) {
                say("without %s: it needs root, ip and a C compiler", LongLink.NAME);
            } else {
                all.add(longLink(plan.router(), whole));
            }
        }
        return all;
    }

    /** Windows grow slowly there, so a measurement takes twice as long, and three rounds have to do. */
    private LongLink longLink(Path router, List<Contender> whole) {
        int rounds = Math.min(plan.rounds(), LONG_ROUNDS);
        return new LongLink(router, whole, plan.roundTrips(), rounds, 2 * plan.seconds(), limit);
    }

    /** What is measured with processes that run all the time. */
    private List<Case> cases(double seconds) {
        List<Case> all = new ArrayList<>();
        plan.streams().forEach(count -> all.add(new Bulk(count, seconds)));
        all.addAll(List.of(
                new PingPong(1, 0, seconds), new PingPong(KIB, 0, seconds), new PingPong(KIB, BESIDE, seconds)));
        all.addAll(List.of(new FirstByte(seconds, 0), new FirstByte(seconds, PAUSE_MILLIS), new Connections(seconds)));
        return all.stream()
                .filter(each -> plan.has(each.name().split("\\.", -1)[0]))
                .toList();
    }

    private List<Way> ways(Figures figures, Report report) throws InterruptedException {
        List<Way> ways = new ArrayList<>();
        for (Contender contender : contenders) {
            try {
                say("starting %s", contender.name());
                Way way = arena.start(contender);
                report.describe(way, Programs.version(contender.versionCommand()));
                ways.add(way);
            } catch (IOException e) {
                figures.fail("start", contender.name(), e);
            }
        }
        return ways;
    }

    private static void say(String format, Object... arguments) {
        System.err.printf(format + "%n", arguments);
    }
}
