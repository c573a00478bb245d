package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a program that has ended left.
 *
 * @param out its standard output, lines joined by line feeds, none at the end
 * @param err its standard error
 */
record Result(int code, String out, String err, Program program) {
    Result exits(int wanted) {
        assertEquals(wanted, code, () -> program.report());
        return this;
    }

    Result succeeds() {
        return exits(0);
    }

    /** Each of these is somewhere in its standard error, whatever the case. */
    Result says(String... parts) {
        for (String part : parts) {
            assertTrue(err.toLowerCase().contains(part.toLowerCase()), () -> "'" + part + "' not in: " + err);
        }
        return this;
    }
}
