package dev.tcprelay.protocol.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The file known_relays of clients and skeletons, as an immutable table: one pinned relay a line. */
public final class KnownRelays {
    /** Of the file, in characters: 1 MiB. */
    public static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_RELAYS = 1000;

    private final List<KnownRelay> relays;

    private KnownRelays(List<KnownRelay> relays) {
        this.relays = List.copyOf(relays);
    }

    /**
     * Refuses a name, a client address or a skeleton address that stands twice: it would not be clear which key is
     * pinned.
     */
    public static KnownRelays parse(String text) throws FormatException {
        List<KnownRelay> relays = new ArrayList<>();
        for (LineFile.Line line : LineFile.parse(text, MAX_LENGTH).data()) {
            try {
                KnownRelay relay = KnownRelay.parse(line.fields());
                for (KnownRelay other : relays) {
                    checkApart(relay, other);
                }
                if (relays.size() == MAX_RELAYS) {
                    throw new FormatException("more than " + MAX_RELAYS + " relays; remove those that are not used");
                }
                relays.add(relay);
            } catch (FormatException e) {
                throw e.at(line.number());
            }
        }
        return new KnownRelays(relays);
    }

    private static void checkApart(KnownRelay relay, KnownRelay other) throws FormatException {
        if (relay.name().equals(other.name())) {
            throw new FormatException("the relay " + relay.name() + " stands on a line before; remove one of them");
        }
        if (relay.clients().equals(other.clients()) || relay.skeletons().equals(other.skeletons())) {
            throw new FormatException(relay.name() + " has an address that " + other.name()
                    + " has on a line before; remove one of them");
        }
    }

    public Optional<KnownRelay> find(String name) {
        return first(relay -> relay.name().equals(name));
    }

    public Optional<KnownRelay> findByClients(HostPort address) {
        return first(relay -> relay.clients().equals(address));
    }

    public Optional<KnownRelay> findBySkeletons(HostPort address) {
        return first(relay -> relay.skeletons().equals(address));
    }

    private Optional<KnownRelay> first(Predicate<KnownRelay> wanted) {
        return relays.stream().filter(wanted).findFirst();
    }

    /** In the order of the file. */
    public List<KnownRelay> all() {
        return relays;
    }

    /** The text with this relay in place of the line of that name, or at the end; other lines stay as they are. */
    public static String put(String text, KnownRelay relay) throws FormatException {
        boolean known = parse(text).find(relay.name()).isPresent();
        LineFile file = LineFile.parse(text, MAX_LENGTH);
        String changed = known ? file.replace(file.line(relay.name()), relay.format()) : file.append(relay.format());
        parse(changed);
        return changed;
    }
}
