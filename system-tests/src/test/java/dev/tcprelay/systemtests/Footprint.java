package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process holds of the system: open files and sockets, and threads. */
record Footprint(long descriptors, long threads) {
    private static final long SECONDS_TO_TIDY_UP = 40;
    /** Vert.x' pool for blocking work has 20 threads, which come as they are needed and stay. */
    private static final int POOLED_THREADS = 20;

    /** A JVM that has been asked for its {@link Vitals} keeps a socket for that. */
    private static final int ASKED = 1;

    static Footprint of(Program program) throws IOException {
        Path process = Path.of("/proc", "" + program.process().pid());
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return new Footprint(Vitals.descriptors(program), threads.count());
        }
    }

    /**
     * Waits until a process holds no more descriptors than this, and no more threads but those that its pools may still
     * start; fails the test after 40 s.
     */
    void await(Program program) throws Exception {
        try {
            Eventually.within(SECONDS_TO_TIDY_UP, this + " again", () -> {
                Footprint now = of(program);
                return now.descriptors <= descriptors + ASKED && now.threads <= threads + POOLED_THREADS;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", not " + of(program) + ", in " + program, e);
        }
    }
}
