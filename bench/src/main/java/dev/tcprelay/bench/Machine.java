package dev.tcprelay.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What was measured on.
 *
 * @param congestion TCP's congestion control
 * @param load of the last minute, before the run
 * @param busy the part of the CPUs' time that others used in the second before the run, 0 to 1
 */
record Machine(
        String cpu, int cores, long memory, String kernel, String congestion, String java, double load, double busy) {
    private static final double QUIET = 0.05;
    private static final Path PROC = Path.of("/proc");

    /** Looks for a second. */
    static Machine look() throws IOException, InterruptedException {
        Ticks before = Ticks.read();
        TimeUnit.SECONDS.sleep(1);
        Ticks after = Ticks.read();
        return new Machine(
                field("cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(field("meminfo", "MemTotal").split(" ", -1)[0]) * 1024,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Files.readString(PROC.resolve("sys/net/ipv4/tcp_congestion_control"))
                        .strip(),
                System.getProperty("java.vendor") + " " + System.getProperty("java.vm.version"),
                Double.parseDouble(Files.readString(PROC.resolve("loadavg")).split(" ", -1)[0]),
                (after.busy - before.busy) / (double) Math.max(1, after.all - before.all));
    }

    /** Clock ticks of all CPUs since the start of the system. */
    private record Ticks(long busy, long all) {
        private static final int IDLE = 3;
        private static final int WAITING = 4;
        /** The rest is contained in these. */
        private static final int FIELDS = 8;

        static Ticks read() throws IOException {
            String line = Files.readAllLines(PROC.resolve("stat")).get(0);
            long[] ticks = Arrays.stream(line.split(" +", -1))
                    .skip(1)
                    .limit(FIELDS)
                    .mapToLong(Long::parseLong)
                    .toArray();
            long all = Arrays.stream(ticks).sum();
            return new Ticks(all - ticks[IDLE] - ticks[WAITING], all);
        }
    }

    private static String field(String file, String name) throws IOException {
        return Files.readAllLines(PROC.resolve(file)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("0 unknown");
    }

    boolean isQuiet() {
        return busy <= QUIET;
    }

    JsonObject json() {
        return new JsonObject()
                .put("cpu", cpu)
                .put("cores", cores)
                .put("memory_bytes", memory)
                .put("kernel", kernel)
                .put("congestion", congestion)
                .put("java", java)
                .put("load", load)
                .put("busy", Math.round(busy * 1000) / 1000.0)
                .put("quiet", isQuiet());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d x %s, %.1f GiB, %s, TCP %s, Java %s; before the run load %.2f, CPUs %.0f %% busy",
                cores,
                cpu,
                memory / (double) (1L << 30),
                kernel,
                congestion,
                java,
                load,
                busy * 100);
    }
}
