package dev.tcprelay.channel;

/**
 * How places in a config are written: {@code servers[1].target}; the root is the empty text. Keys with other
 * characters than letters, digits, {@code _} and {@code -} stand in quotes, {@code servers."www.example"}, so that
 * two places never have the same path and a key with control characters cannot reach a terminal.
 */
public final class SettingsPath {
    private static final int MAX_SHOWN = 64;

    private SettingsPath() {}

    /** The path of a key of the section at {@code parent}. */
    public static String key(String parent, String key) {
        return (parent.isEmpty() ? "" : parent + ".") + show(key);
    }

    /** The path of an element of the list at {@code parent}, counted from 0. */
    public static String index(String parent, int index) {
        return parent + "[" + index + "]";
    }

    /** The path without its last step; the root's is the root. */
    public static String parent(String path) {
        boolean quoted = false;
        int cut = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '.' || c == '[')) {
                cut = i;
            }
        }
        return path.substring(0, cut);
    }

    private static String show(String key) {
        if (!key.isEmpty() && key.length() <= MAX_SHOWN && key.chars().allMatch(SettingsPath::plain)) {
            return key;
        }
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < key.length() && i < MAX_SHOWN; i++) {
            char c = key.charAt(i);
            boolean printable = c >= ' ' && c <= '~' && c != '"' && c != '\\';
            text.append(printable ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return text.append(key.length() > MAX_SHOWN ? "...\"" : "\"").toString();
    }

    private static boolean plain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
