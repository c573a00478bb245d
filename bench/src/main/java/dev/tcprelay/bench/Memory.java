package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of a process, in bytes.
 *
 * @param live of a JVM only: objects and direct buffers, pooled ones too, that are left after a garbage collection
 * @param resident what the system counts, with the JVM's own
 */
record Memory(OptionalLong live, long resident) {
    /** The JVM's option without which direct buffers are not counted. */
    static final String TRACKING = "-XX:NativeMemoryTracking=summary";

    private static final Pattern HEAP = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static Memory of(Child child, boolean jvm) throws IOException, InterruptedException {
        OptionalLong live = OptionalLong.empty();
        if (jvm) {
            long heap = number(HEAP, child.jcmd("GC.class_histogram"));
            live = OptionalLong.of(heap + 1024 * number(OTHER, child.jcmd("VM.native_memory", "summary")));
        }
        return new Memory(live, child.resident());
    }

    /** Of one process. */
    static long resident(long pid) throws IOException {
        return 1024 * number(RESIDENT, Files.readString(Path.of("/proc/" + pid + "/status")));
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in\n" + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
