package dev.tcprelay.bench;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of a process, in bytes. Heap and direct are what is left after a garbage collection.
 *
 * @param direct buffers outside of the heap, pooled ones too
 * @param resident what the system counts, with the JVM's own
 */
record Memory(long heap, long direct, long resident) {
    /** The JVM's option without which direct buffers are not counted. */
    static final String TRACKING = "-XX:NativeMemoryTracking=summary";

    private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static Memory of(Child child) throws IOException, InterruptedException {
        long heap = number(LIVE, child.jcmd("GC.class_histogram"));
        long direct = 1024 * number(OTHER, child.jcmd("VM.native_memory", "summary"));
        return new Memory(heap, direct, 1024 * number(RESIDENT, child.status()));
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in\n" + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
