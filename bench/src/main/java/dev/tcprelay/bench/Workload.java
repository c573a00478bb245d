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

    /**
     * Whether it is measured in a round.
     *
     * @param round from 0; -1 is the one that is not counted, in which JVMs compile what they will run
     */
    default boolean takesPart(int round) {
        return true;
    }
}
