package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;

/**
 * A way to a target by one program or several, and how they are started: a server in the middle, an agent beside the
 * target and a client beside whoever connects, if the program has these. One class for each program.
 */
interface Contender {
    /** In the report and for {@code --peers}: the program, or the program, {@code -} and what is special. */
    String name();

    /** What has to be on the PATH. */
    List<String> programs();

    /** A command that prints the version of the first program, or nothing if that is told otherwise. */
    default List<String> versionCommand() {
        return programs().isEmpty() ? List.of() : List.of(programs().get(0), "--version");
    }

    /**
     * Starts it; what it has started ends with the stage, also when this fails. It need not be ready yet.
     *
     * @return where connections to the target are opened
     */
    Entry start(Stage stage) throws IOException, InterruptedException;
}
