package dev.tcprelay.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** New connections a second, with one small request each, by some who each begin the next when one is over. */
final class Connections implements Workload {
    static final String NAME = "connections";
    private static final int CALLERS = 16;

    private final List<Contender> contenders;
    private final double seconds;

    /** The contenders lead to a {@link Responder}. */
    Connections(List<Contender> contenders, double seconds) {
        this.contenders = contenders;
        this.seconds = seconds;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void round(Figures figures) throws IOException, InterruptedException {
        for (Contender contender : contenders) {
            Map<String, Double> cpu = contender.cpuSeconds();
            long from = System.nanoTime();
            int done = connect(contender.port(), from + (long) (seconds * 1e9));
            double took = (System.nanoTime() - from) / 1e9;
            figures.add(NAME, contender, "per_s", done / took);
            if (done > 0) {
                figures.addCpu(NAME, contender, "cpu_ms_each", contender.cpuSince(cpu, done / 1000.0));
            }
        }
    }

    private static int connect(int port, long until) throws IOException, InterruptedException {
        AtomicInteger done = new AtomicInteger();
        AtomicReference<IOException> failure = new AtomicReference<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Target.daemon("caller", () -> {
                try {
                    while (System.nanoTime() < until) {
                        Responder.askAndClose(port);
                        done.incrementAndGet();
                    }
                } catch (IOException e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join(TimeUnit.MINUTES.toMillis(1));
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return done.get();
    }
}
