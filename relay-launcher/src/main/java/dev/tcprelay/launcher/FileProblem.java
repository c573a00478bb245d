package dev.tcprelay.launcher;

import java.util.Comparator;

/**
 * Something wrong at a place of a file.
 *
 * @param file as the user named it
 * @param line counted from 1; 0 if it is not one line's
 * @param column counted from 1
 */
record FileProblem(String file, int line, int column, String message) implements Comparable<FileProblem> {
    private static final Comparator<FileProblem> BY_PLACE = Comparator.comparing(FileProblem::file)
            .thenComparing(FileProblem::line)
            .thenComparing(FileProblem::column);

    @Override
    public int compareTo(FileProblem other) {
        return BY_PLACE.compare(this, other);
    }

    /** {@code FILE:LINE:COLUMN: MESSAGE}, as compilers write it. */
    @Override
    public String toString() {
        return file + ":" + (line == 0 ? "" : line + ":" + column + ":") + " " + message;
    }
}
