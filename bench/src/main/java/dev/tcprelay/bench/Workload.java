package dev.tcprelay.bench;

import java.io.IOException;

/** Something that users wait for or pay for, measured in rounds. */
interface Workload {
    /** What {@code --only} calls it. */
    String name();

    /**
     * Measures each of its cases once with each contender. What a contender cannot do is a failure among the figures.
     *
     * @throws IOException if nothing can be measured
     */
    void round(Figures figures) throws IOException, InterruptedException;

    /** Whether there is one round only, however many others have. */
    default boolean once() {
        return false;
    }
}
