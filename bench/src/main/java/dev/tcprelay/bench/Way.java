package dev.tcprelay.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A contender that runs, and leads to a target. */
final class Way implements AutoCloseable {
    /** What {@link #cpuSeconds} calls the process that has the near end, and the target. */
    static final String ENDS = "ends";

    private static final long READY_MILLIS = 30_000;

    private final String name;
    private final Stage stage;
    private final Entry entry;
    private final Child target;
    private double firstMillis;

    private Way(String name, Stage stage, Entry entry, Child target) {
        this.name = name;
        this.stage = stage;
        this.entry = entry;
        this.target = target;
    }

    /** Starts a contender and waits until a byte goes to the target and back. The stage is closed when that fails. */
    static Way start(Contender contender, Stage stage, Child target) throws IOException, InterruptedException {
        try {
            Way way = new Way(contender.name(), stage, contender.start(stage), target);
            way.awaitReady();
            return way;
        } catch (IOException | InterruptedException e) {
            stage.close();
            throw e;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MILLIS);
        while (true) {
            try {
                firstMillis = Asking.firstByteMillis(entry);
                return;
            } catch (IOException e) {
                for (Child child : stage.processes()) {
                    child.requireAlive();
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException(name + " leads nowhere: " + e.getMessage() + "\n" + output(), e);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private String output() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Child child : stage.processes()) {
            all.append(child.name()).append(":\n").append(child.output());
        }
        return all.toString();
    }

    String name() {
        return name;
    }

    /** How long the very first byte took, which told that it is ready. */
    double firstMillis() {
        return firstMillis;
    }

    /** Whether its processes are JVMs of this project. */
    boolean isOurs() {
        return name.startsWith(Relay.NAME);
    }

    Entry entry() {
        return entry;
    }

    Stage stage() {
        return stage;
    }

    List<Child> processes() {
        return stage.processes();
    }

    /** Bytes that have arrived at the target of all that ever lead there. */
    long taken() throws IOException {
        return Asking.taken(entry.target());
    }

    /** CPU seconds that each process has used so far. */
    Map<String, Double> cpuSeconds() throws IOException {
        Map<String, Double> cpu = new LinkedHashMap<>();
        for (Child child : processes()) {
            cpu.merge(child.name(), child.cpuSeconds(), Double::sum);
        }
        double ends = Child.cpuSeconds(ProcessHandle.current().pid()) + target.cpuSeconds();
        for (Child child : stage.ends()) {
            ends += child.cpuSeconds();
        }
        cpu.put(ENDS, ends);
        return cpu;
    }

    /** What each process has used since then, divided by something. */
    Map<String, Double> cpuSince(Map<String, Double> then, double by) throws IOException {
        Map<String, Double> used = new LinkedHashMap<>();
        cpuSeconds().forEach((process, now) -> used.put(process, (now - then.getOrDefault(process, 0.0)) / by));
        return used;
    }

    @Override
    public void close() throws IOException {
        stage.close();
    }
}
