package dev.tcprelay.protocol.files;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of the file logins, {@code RELAY USER KEYFILE}: a login that was made. The last one made is the first line and
 * the default.
 *
 * @param relay the name of a line of known_relays
 * @param keyFile the rest of the line, so it may have spaces; relative to the file's directory, or absolute
 */
public record SavedLogin(String relay, UserName user, String keyFile) {
    /** Of the file, in characters: 1 MiB. */
    public static final int MAX_LENGTH = 1 << 20;

    private static final String KIND = "a relay's name";
    private static final int FIELDS = 3;

    /** Throws IllegalArgumentException for what a line cannot hold. */
    public SavedLogin {
        Names.require(KIND, relay);
        boolean fits = keyFile.equals(keyFile.strip()) && !keyFile.isEmpty();
        if (!fits || !keyFile.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("a key file's name is printable ASCII without spaces around it");
        }
    }

    /** The logins of a file, in its order. */
    public static List<SavedLogin> parseFile(String text) throws FormatException {
        List<SavedLogin> logins = new ArrayList<>();
        for (LineFile.Line line : LineFile.parse(text, MAX_LENGTH).data()) {
            try {
                logins.add(parse(line.text()));
            } catch (FormatException e) {
                throw e.at(line.number());
            }
        }
        return List.copyOf(logins);
    }

    private static SavedLogin parse(String line) throws FormatException {
        String[] fields = line.strip().split("[ \t]+", FIELDS);
        if (fields.length < FIELDS) {
            throw new FormatException("a line is: RELAY USER KEYFILE; make one with: relay login HOST:PORT");
        }
        Names.check(KIND, fields[0]);
        UserName user = UserName.of(fields[1]);
        if (fields[2].indexOf('\t') >= 0) {
            throw new FormatException("a key file's name has no tabs");
        }
        return new SavedLogin(fields[0], user, fields[2]);
    }

    /** The text with this login before all others, in place of the line of this user there, if there is one. */
    public static String put(String text, SavedLogin login) throws FormatException {
        StringBuilder file = new StringBuilder(login.format()).append('\n');
        for (SavedLogin other : parseFile(text)) {
            if (!other.relay().equals(login.relay()) || !other.user().equals(login.user())) {
                file.append(other.format()).append('\n');
            }
        }
        return file.toString();
    }

    /** The line of the file, without a line end. */
    public String format() {
        return relay + " " + user + " " + keyFile;
    }
}
