package dev.tcprelay.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** New connections a second, with an HTTP request each, by some who each begin the next when one is over. */
record Connections(double seconds) implements Case {
    static final String NAME = "connections";

    private static final int CALLERS = 16;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void measure(Way way, Measured measured) throws IOException, InterruptedException {
        Map<String, Double> cpu = way.cpuSeconds();
        long from = System.nanoTime();
        int done = call(way.entry(), from + (long) (seconds * 1e9));
        double took = (System.nanoTime() - from) / 1e9;
        measured.add("per_s", done / took);
        measured.addCpu("cpu_ms_each", way.cpuSince(cpu, done / 1000.0));
    }

    /** At least one, or it fails. */
    private static int call(Entry entry, long until) throws IOException, InterruptedException {
        AtomicInteger done = new AtomicInteger();
        AtomicReference<IOException> failure = new AtomicReference<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Target.daemon("caller", () -> {
                try {
                    while (System.nanoTime() < until && failure.get() == null) {
                        Asking.http(entry);
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
            throw new IOException(
                    "after " + done.get() + " connections: " + failure.get().getMessage(), failure.get());
        }
        return done.get();
    }
}
