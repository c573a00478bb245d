package dev.tcprelay.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A way to a target that is measured.
 *
 * @param port on 127.0.0.1, which leads to the target
 * @param processes what carries the bytes, without the two ends
 */
record Contender(String name, int port, List<Child> processes) {
    /** The one that the others are compared with: nothing in between. */
    static final String DIRECT = "direct";

    private static final String ENDS = "ends";

    static Contender direct(int port) {
        return new Contender(DIRECT, port, List.of());
    }

    /** CPU seconds that each process has used so far; both ends of the connections are {@code ends}. */
    Map<String, Double> cpuSeconds() throws IOException {
        Map<String, Double> cpu = new LinkedHashMap<>();
        cpu.put(ENDS, Child.cpuSeconds(ProcessHandle.current().pid()));
        for (Child child : processes) {
            cpu.put(child.name(), child.cpuSeconds());
        }
        return cpu;
    }

    /** What each process has used since then, divided by something. */
    Map<String, Double> cpuSince(Map<String, Double> then, double by) throws IOException {
        Map<String, Double> used = new LinkedHashMap<>();
        cpuSeconds().forEach((name, now) -> used.put(name, (now - then.getOrDefault(name, 0.0)) / by));
        return used;
    }

    /** The sum without the ends. */
    double carried(Map<String, Double> cpu) {
        return cpu.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(ENDS))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
