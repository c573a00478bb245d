package dev.tcprelay.protocol.files;

import org.jspecify.annotations.Nullable;

/**
 * A pattern of server ids, at most 64 characters: {@code *} is any run, {@code ?} is one character, all others stand
 * for themselves. The constructor throws IllegalArgumentException for anything else.
 */
public record Glob(String pattern) implements Comparable<Glob> {
    public Glob {
        String problem = problem(pattern);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    public static Glob of(String pattern) throws FormatException {
        String problem = problem(pattern);
        if (problem != null) {
            throw new FormatException(problem);
        }
        return new Glob(pattern);
    }

    /**
     * Takes time in proportion to pattern and id together, whatever they are: all ways to match are followed at once,
     * one bit each. Bit i of {@code reached} says that the pattern's first i + 1 literals match what was read so far.
     */
    public boolean matches(ServerId id) {
        long[] positions = new long[Byte.MAX_VALUE + 1];
        long stars = 0;
        boolean starFirst = false;
        int literals = 0;
        long any = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '*') {
                long bit = 1L << literals++;
                positions[c] |= bit;
                any |= c == '?' ? bit : 0;
            } else if (literals == 0) {
                starFirst = true;
            } else {
                stars |= 1L << (literals - 1);
            }
        }
        if (literals == 0) {
            return true;
        }
        long reached = 0;
        for (int i = 0; i < id.value().length(); i++) {
            long start = i == 0 || starFirst ? 1 : 0;
            long next = ((reached << 1) | start) & (positions[id.value().charAt(i)] | any);
            reached = next | (reached & stars);
        }
        return (reached >>> (literals - 1) & 1) == 1;
    }

    private static @Nullable String problem(String pattern) {
        if (pattern.isEmpty() || pattern.length() > Names.MAX_LENGTH) {
            return "a pattern of server ids has 1 to " + Names.MAX_LENGTH + " characters, not " + pattern.length();
        }
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (!Names.allowed(c) && c != '*' && c != '?') {
                return "a pattern of server ids consists of a-z, 0-9, '.', '_', '-', '*' and '?'; its character "
                        + (i + 1) + " is none of these";
            }
        }
        return null;
    }

    @Override
    public int compareTo(Glob other) {
        return pattern.compareTo(other.pattern);
    }

    @Override
    public String toString() {
        return pattern;
    }
}
