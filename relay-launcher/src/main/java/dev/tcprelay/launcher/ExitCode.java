package dev.tcprelay.launcher;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the command tells the shell. Scripts rely on these numbers. {@code relay doctor} ends with that of its first
 * FAIL.
 */
enum ExitCode {
    DONE(0, "done; a server was stopped by a signal and has finished"),
    FAILED(1, "failed"),
    USAGE(2, "the command line or a config file is wrong"),
    REFUSED(3, "credentials were refused: the login by the relay, or the psk by the skeleton"),
    UNREACHABLE(4, "the relay cannot be reached"),
    UNTRUSTED(5, "the relay's key is not the pinned one, or none is pinned"),
    UNAVAILABLE(6, "the server is not available to you"),
    INTERRUPTED(130, "interrupted"),
    TERMINATED(143, "a command that is no server was ended by SIGTERM");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    /** For the help: number to meaning, in order. */
    static Map<String, String> list() {
        Map<String, String> list = new LinkedHashMap<>();
        for (ExitCode code : values()) {
            list.put(String.valueOf(code.number), code.meaning);
        }
        return list;
    }
}
