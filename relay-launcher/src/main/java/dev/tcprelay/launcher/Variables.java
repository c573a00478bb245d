package dev.tcprelay.launcher;

import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables into texts: <code>${NAME}</code> must be set, <code>${NAME:-default}</code> takes the
 * default if it is unset or empty, <code>$${</code> stands for <code>${</code>. What was put in is not looked at
 * again.
 */
record Variables(Map<String, String> environment) {
    private static final int MAX_LENGTH = 1 << 16;
    private static final Pattern OPENING = Pattern.compile("\\$\\$\\{|\\$\\{");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

    static boolean in(String text) {
        return text.contains("${");
    }

    /** The text with its variables. Problems are handed over; values never occur in them. */
    String expand(String text, Consumer<String> problems) {
        StringBuilder expanded = new StringBuilder();
        Matcher opening = OPENING.matcher(text);
        Matcher reference = REFERENCE.matcher(text);
        int done = 0;
        while (opening.find(done)) {
            expanded.append(text, done, opening.start());
            if (opening.group().startsWith("$$")) {
                expanded.append("${");
                done = opening.end();
            } else if (reference.region(opening.start(), text.length()).lookingAt()) {
                expanded.append(value(reference, problems));
                done = reference.end();
            } else {
                problems.accept("a variable is written ${NAME} or ${NAME:-default}; a plain ${ is written $${");
                return "";
            }
            if (expanded.length() > MAX_LENGTH) {
                problems.accept("longer than " + MAX_LENGTH + " characters with its variables");
                return "";
            }
        }
        return expanded.append(text, done, text.length()).toString();
    }

    private String value(Matcher reference, Consumer<String> problems) {
        String name = reference.group(1);
        boolean defaults = reference.group(2) != null;
        if (!defaults && !environment.containsKey(name)) {
            problems.accept(
                    "the environment variable " + name + " is not set; set it, or write ${" + name + ":-default}");
        }
        String value = environment.getOrDefault(name, "");
        return defaults && value.isEmpty() ? reference.group(3) : value;
    }
}
