package dev.tcprelay.bench;

import java.io.IOException;

/** One thing that is measured with contenders that run already. */
interface Case {
    /** In the report: the workload and, after dots, what distinguishes its cases. */
    String name();

    /** Measures a contender once. */
    void measure(Way way, Measured measured) throws IOException, InterruptedException;
}
