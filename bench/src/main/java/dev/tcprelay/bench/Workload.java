package dev.tcprelay.bench;

import java.io.IOException;

/** Something that users wait for or pay for, measured in rounds in which all contenders take turns. */
interface Workload {
    /** What {@code --only} calls it, and the beginning of the names of its cases. */
    String name();

    /** Measures each case once with each contender. */
    void round(Figures figures) throws IOException, InterruptedException;

    /**
     * Whether it is measured in a round.
     *
     * @param round from 0; -1 is the one that is not counted, in which the JVMs compile what they will run
     */
    default boolean takesPart(int round) {
        return true;
    }
}
