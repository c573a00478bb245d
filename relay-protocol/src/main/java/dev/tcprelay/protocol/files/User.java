package dev.tcprelay.protocol.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user as a line of the users file says. Users with the same canonical line are equal. */
public final class User {
    private static final String CONNECT = "connect=";
    private static final String SERVE = "serve=";
    private static final String DISABLED = "disabled";

    private final UserName name;
    private final UserKey key;
    private final Grants grants;
    private final boolean disabled;
    private final String canonicalLine;
    private final long generation;

    public User(UserName name, UserKey key, Grants grants, boolean disabled) {
        this.name = name;
        this.key = key;
        this.grants = grants;
        this.disabled = disabled;
        this.canonicalLine = name + " " + key + " " + CONNECT + Grants.formatList(grants.connect()) + " " + SERVE
                + Grants.formatList(grants.serve()) + (disabled ? " " + DISABLED : "");
        byte[] digest = Digests.sha256().digest(canonicalLine.getBytes(StandardCharsets.US_ASCII));
        this.generation = ByteBuffer.wrap(digest).getLong();
    }

    /** {@code NAME KEY [connect=GLOB,...] [serve=GLOB,...] [disabled]}. */
    static User parse(List<String> fields) throws FormatException {
        UserName name = UserName.of(fields.get(0));
        if (fields.size() < 2) {
            throw new FormatException(
                    "the key is missing; a line is: NAME KEY [connect=GLOB,...] [serve=GLOB,...] [disabled]");
        }
        UserKey key = UserKey.parse(fields.get(1));
        List<Glob> connect = List.of();
        List<Glob> serve = List.of();
        boolean disabled = false;
        List<String> seen = new ArrayList<>();
        for (String field : fields.subList(2, fields.size())) {
            String label = field.substring(0, field.indexOf('=') + 1);
            if (label.equals(CONNECT)) {
                connect = Grants.parseList(field.substring(label.length()));
            } else if (label.equals(SERVE)) {
                serve = Grants.parseList(field.substring(label.length()));
            } else if (field.equals(DISABLED)) {
                disabled = true;
            } else {
                throw new FormatException(
                        "after the key stand connect=GLOB,... serve=GLOB,... and disabled, apart from each"
                                + " other by blanks, and nothing else; a comment has a line of its own");
            }
            if (seen.contains(label)) {
                throw new FormatException((label.isEmpty() ? DISABLED : label) + " stands twice; leave one");
            }
            seen.add(label);
        }
        return new User(name, key, new Grants(connect, serve), disabled);
    }

    public UserName name() {
        return name;
    }

    public UserKey key() {
        return key;
    }

    public Grants grants() {
        return grants;
    }

    public boolean disabled() {
        return disabled;
    }

    /** The same user, disabled or not. */
    public User disabled(boolean value) {
        return new User(name, key, grants, value);
    }

    /** {@code NAME KEY connect=GLOB,... serve=GLOB,...[ disabled]}: all fields, globs sorted, single blanks. */
    public String canonicalLine() {
        return canonicalLine;
    }

    /**
     * The first 8 bytes, big-endian, of the SHA-256 of the canonical line: tickets of another generation are void.
     */
    public long generation() {
        return generation;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof User that && canonicalLine.equals(that.canonicalLine);
    }

    @Override
    public int hashCode() {
        return canonicalLine.hashCode();
    }

    /** The canonical line, which holds no secret. */
    @Override
    public String toString() {
        return canonicalLine;
    }
}
