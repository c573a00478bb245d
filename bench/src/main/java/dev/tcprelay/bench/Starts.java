package dev.tcprelay.bench;

import java.io.IOException;

/** How new processes of a contender are started, beside those that run already. */
interface Starts {
    /** The caller closes it. */
    Way start(Contender contender, String javaOptions) throws IOException, InterruptedException;

    /** With the JVM's standard options. */
    default Way start(Contender contender) throws IOException, InterruptedException {
        return start(contender, "");
    }
}
