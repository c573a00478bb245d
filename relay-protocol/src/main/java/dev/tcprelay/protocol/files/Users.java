package dev.tcprelay.protocol.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The users file, as an immutable table. Parsing takes the whole file or nothing, so that a relay that reloads can
 * keep the table that it has. The static methods edit the text of a file: they change one line and leave comments,
 * order and all other lines as they are, and refuse a file or a result that would not load.
 */
public final class Users {
    /** Of the file, in characters: 1 MiB. */
    public static final int MAX_LENGTH = 1 << 20;

    private final Map<UserName, User> byName;
    private final Map<PublicKey, User> byKey;
    private final String hash;

    private Users(Map<UserName, User> byName, Map<PublicKey, User> byKey) {
        this.byName = byName;
        this.byKey = byKey;
        this.hash = hash(byName.values());
    }

    public static Users empty() {
        return new Users(Map.of(), Map.of());
    }

    /**
     * The table of a file, or the first thing that is wrong with it.
     *
     * @param forbidden public keys that no user may have: the relay's own, with which relay.key would be a login
     */
    public static Users parse(String text, Set<PublicKey> forbidden) throws FormatException {
        Map<UserName, User> byName = new LinkedHashMap<>();
        Map<PublicKey, User> byKey = new HashMap<>();
        for (LineFile.Line line : LineFile.parse(text, MAX_LENGTH).data()) {
            try {
                User user = User.parse(line.fields());
                if (forbidden.contains(user.key().publicKey())) {
                    throw new FormatException(
                            "the key of " + user.name() + " is the relay's own; give the user a new key");
                }
                if (byName.putIfAbsent(user.name(), user) != null) {
                    throw new FormatException(
                            "the user " + user.name() + " stands on a line before; remove one of them");
                }
                User same = byKey.putIfAbsent(user.key().publicKey(), user);
                if (same != null) {
                    throw new FormatException(
                            user.name() + " has the same key as " + same.name() + "; every user has a key of its own");
                }
            } catch (FormatException e) {
                throw e.at(line.number());
            }
        }
        return new Users(byName, byKey);
    }

    public Optional<User> find(UserName name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<User> byPublicKey(PublicKey key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** In the order of the file. */
    public Collection<User> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /**
     * The same for all files that mean the same: the SHA-256, in hex, of the canonical lines in the order of the
     * names.
     */
    public String hash() {
        return hash;
    }

    private static String hash(Collection<User> users) {
        MessageDigest sha256 = Digests.sha256();
        users.stream().sorted(Comparator.comparing(User::name)).forEach(user -> {
            sha256.update(user.canonicalLine().getBytes(StandardCharsets.US_ASCII));
            sha256.update((byte) '\n');
        });
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** The text with one more user at its end. */
    public static String add(String text, User user) throws FormatException {
        if (parse(text, Set.of()).find(user.name()).isPresent()) {
            throw new FormatException("the user " + user.name() + " exists already; remove it first");
        }
        return checked(LineFile.parse(text, MAX_LENGTH).append(user.canonicalLine()));
    }

    /** The text without the line of a user. */
    public static String remove(String text, UserName name) throws FormatException {
        LineFile file = LineFile.parse(text, MAX_LENGTH);
        return checked(file.replace(file.line(existing(text, name).name().value()), null));
    }

    /** The text with a user disabled or enabled; the same text if that is so already. */
    public static String disable(String text, UserName name, boolean disabled) throws FormatException {
        User user = existing(text, name);
        if (user.disabled() == disabled) {
            return text;
        }
        LineFile file = LineFile.parse(text, MAX_LENGTH);
        return checked(
                file.replace(file.line(name.value()), user.disabled(disabled).canonicalLine()));
    }

    private static User existing(String text, UserName name) throws FormatException {
        return parse(text, Set.of()).find(name).orElseThrow(() -> new FormatException("there is no user " + name));
    }

    private static String checked(String text) throws FormatException {
        parse(text, Set.of());
        return text;
    }
}
