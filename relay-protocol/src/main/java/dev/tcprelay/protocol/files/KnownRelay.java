package dev.tcprelay.protocol.files;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relay whose key is pinned, as a line of known_relays says. The whole key is kept, since logging in needs it.
 *
 * @param clients the address for clients
 * @param skeletons the address for skeletons
 * @param nextKey the key that the relay has announced to change to, or null
 */
public record KnownRelay(
        String name,
        HostPort clients,
        HostPort skeletons,
        Realm realm,
        PublicKey key,
        @Nullable PublicKey nextKey) {
    private static final String KIND = "a relay's name";
    private static final String KEY = "x25519:";
    private static final String NEXT = "next=" + KEY;

    /** Throws IllegalArgumentException for a wrong name, a port 0, or a next key that is the key. */
    public KnownRelay {
        Names.require(KIND, name);
        if (clients.port() == 0 || skeletons.port() == 0 || key.equals(nextKey)) {
            throw new IllegalArgumentException("port 0, or a next key that is the present one");
        }
    }

    /** {@code NAME HOST:CLIENTPORT HOST:SKELETONPORT REALM x25519:KEY [next=x25519:KEY]}. */
    static KnownRelay parse(List<String> fields) throws FormatException {
        if (fields.size() < 5 || fields.size() > 6) {
            throw new FormatException(
                    "a line is: NAME HOST:CLIENTPORT HOST:SKELETONPORT REALM x25519:KEY [next=x25519:KEY]");
        }
        Names.check(KIND, fields.get(0));
        HostPort clients = address(fields.get(1));
        HostPort skeletons = address(fields.get(2));
        Realm realm = Realm.of(fields.get(3));
        PublicKey key = key(KEY, fields.get(4));
        PublicKey next = fields.size() == 6 ? key(NEXT, fields.get(5)) : null;
        if (key.equals(next)) {
            throw new FormatException("the next key is the present key; remove next=");
        }
        return new KnownRelay(fields.get(0), clients, skeletons, realm, key, next);
    }

    private static HostPort address(String field) throws FormatException {
        HostPort address = HostPort.parse(field);
        if (address.port() == 0) {
            throw new FormatException("a relay's port is a number from 1 to 65535");
        }
        return address;
    }

    private static PublicKey key(String label, String field) throws FormatException {
        if (!field.startsWith(label)) {
            throw new FormatException("a relay's key begins with " + label + ", then the base64 of the public key");
        }
        return PublicKey.parse(field.substring(label.length()));
    }

    public Fingerprint fingerprint() {
        return key.fingerprint();
    }

    /** The line of the file, without a line end. */
    public String format() {
        String line = name + " " + clients + " " + skeletons + " " + realm + " " + KEY + key;
        return nextKey == null ? line : line + " " + NEXT + nextKey;
    }
}
