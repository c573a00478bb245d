package dev.tcprelay.protocol.files;

import java.util.ArrayList;
import java.util.List;

/**
 * What a user may do: the server ids to connect to and to serve. Each list is kept sorted and without repetitions, so
 * that equal rights are equal objects. An empty list grants nothing.
 */
public record Grants(List<Glob> connect, List<Glob> serve) {
    /** Of each list: every attach may look at all of them. */
    static final int MAX_GLOBS = 256;

    public static final Grants NONE = new Grants(List.of(), List.of());

    public Grants {
        connect = canonical(connect);
        serve = canonical(serve);
    }

    private static List<Glob> canonical(List<Glob> globs) {
        if (globs.size() > MAX_GLOBS) {
            throw new IllegalArgumentException("more than " + MAX_GLOBS + " patterns");
        }
        return globs.stream().sorted().distinct().toList();
    }

    public boolean mayConnect(ServerId id) {
        return any(connect, id);
    }

    public boolean mayServe(ServerId id) {
        return any(serve, id);
    }

    private static boolean any(List<Glob> globs, ServerId id) {
        for (Glob glob : globs) {
            if (glob.matches(id)) {
                return true;
            }
        }
        return false;
    }

    /** {@code a,b*,c}; an empty text is an empty list. */
    static List<Glob> parseList(String text) throws FormatException {
        List<Glob> globs = new ArrayList<>();
        if (text.isEmpty()) {
            return globs;
        }
        for (String pattern : text.split(",", -1)) {
            Glob glob = Glob.of(pattern);
            if (globs.contains(glob)) {
                throw new FormatException("the pattern " + glob + " stands twice in one list; leave one");
            }
            if (globs.size() == MAX_GLOBS) {
                throw new FormatException(
                        "more than " + MAX_GLOBS + " patterns in one list; use '*' to say it shorter");
            }
            globs.add(glob);
        }
        return globs;
    }

    static String formatList(List<Glob> globs) {
        return String.join(",", globs.stream().map(Glob::pattern).toList());
    }
}
