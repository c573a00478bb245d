package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process of the relay command takes of its machine, right after a garbage collection. Linux only; the process
 * runs with {@value #TRACKING}. What the kernel takes for it, such as the buffers of its sockets, is not in here.
 *
 * @param resident bytes of memory that are there, with the JVM's own and what it keeps free for later
 * @param heap bytes of live objects
 * @param direct bytes of buffers outside of the heap, pooled ones too
 */
record Vitals(int descriptors, int threads, long resident, long heap, long direct) {
    /** The option by which the JVM counts its direct buffers. */
    static final String TRACKING = "-XX:NativeMemoryTracking=summary";

    private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static Vitals of(Program program) throws IOException, InterruptedException {
        Path process = Path.of("/proc/" + program.process().pid());
        long heap = number(LIVE, program.jcmd("GC.class_histogram"));
        long direct = 1024 * number(DIRECT, program.jcmd("VM.native_memory", "summary"));
        long resident = resident(program);
        return new Vitals(entries(process.resolve("fd")), entries(process.resolve("task")), resident, heap, direct);
    }

    /** Bytes of a process' memory that are there. */
    static long resident(Program program) throws IOException {
        Path status = Path.of("/proc/" + program.process().pid() + "/status");
        return 1024 * number(RESIDENT, Files.readString(status));
    }

    /** Descriptors that a process has open now. */
    static int descriptors(Program program) throws IOException {
        return entries(Path.of("/proc/" + program.process().pid() + "/fd"));
    }

    private static int entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return (int) entries.count();
        }
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in\n" + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    /** Bytes of heap and buffers for each of these tunnels, which were not there before. */
    long perTunnel(Vitals before, int tunnels) {
        return (heap - before.heap + direct - before.direct) / tunnels;
    }

    String json(Vitals before, int tunnels) {
        return String.format(
                "{\"heap_per_tunnel\": %d, \"direct_per_tunnel\": %d, \"resident_before\": %d, \"resident\": %d}",
                (heap - before.heap) / tunnels, (direct - before.direct) / tunnels, before.resident, resident);
    }

    @Override
    public String toString() {
        return String.format(
                "%d descriptors, %d threads, %d KiB resident, %d KiB live heap, %d KiB direct",
                descriptors, threads, resident / 1024, heap / 1024, direct / 1024);
    }
}
