package dev.tcprelay.protocol.files;

/**
 * A name or a file that does not follow its format. The message says what is wrong and how to mend it. It never
 * repeats what was refused, since that may be a secret in the wrong place.
 */
public final class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String problem;

    FormatException(String problem) {
        this(0, problem);
    }

    FormatException(int line, String problem) {
        super(line == 0 ? problem : "line " + line + ": " + problem);
        this.line = line;
        this.problem = problem;
    }

    /** The line of the file, counted from 1; 0 when the problem is not one line's. */
    public int line() {
        return line;
    }

    /** The message without the line. */
    public String problem() {
        return problem;
    }

    /** The same problem, placed at a line of a file. */
    FormatException at(int number) {
        FormatException placed = new FormatException(number, problem);
        placed.initCause(this);
        return placed;
    }
}
