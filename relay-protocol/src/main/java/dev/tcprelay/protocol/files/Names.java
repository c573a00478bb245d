package dev.tcprelay.protocol.files;

import org.jspecify.annotations.Nullable;

/** The rule for names of users, server ids and relays: {@code [a-z0-9][a-z0-9._-]{0,63}}. */
final class Names {
    static final int MAX_LENGTH = 64;

    private Names() {}

    /** What is wrong with a name, or null when nothing is. */
    static @Nullable String problem(String kind, String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return kind + " has 1 to " + MAX_LENGTH + " characters, not " + name.length();
        }
        for (int i = 0; i < name.length(); i++) {
            if (!allowed(name.charAt(i))) {
                return kind + " consists of a-z, 0-9, '.', '_' and '-'; its character " + (i + 1) + " is none of these";
            }
        }
        return alphanumeric(name.charAt(0)) ? null : kind + " begins with a letter or a digit";
    }

    static void check(String kind, String name) throws FormatException {
        String problem = problem(kind, name);
        if (problem != null) {
            throw new FormatException(problem);
        }
    }

    /** For constructors, where a wrong name is the caller's mistake. */
    static void require(String kind, String name) {
        String problem = problem(kind, name);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    static boolean allowed(char c) {
        return alphanumeric(c) || c == '.' || c == '_' || c == '-';
    }

    private static boolean alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
