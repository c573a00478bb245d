package dev.tcprelay.client;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.ServerId;
import java.util.Locale;
import java.util.Optional;

/**
 * The host names under which applications ask for a server: {@code id} and {@code id.relay}, in any case, with or
 * without the trailing dot of a complete domain name.
 *
 * <p>One trailing dot and then one ".relay" are taken off, never more. Since an id may itself contain dots and end in
 * ".relay", the name {@code x.relay} always means the id {@code x}; the id {@code x.relay} is reached as
 * {@code x.relay.relay}, and an id that ends in a dot by one dot more. The id {@code relay} has no suffix to lose and
 * is reached as {@code relay} or {@code relay.relay}.
 */
final class ServerName {
    private static final String SUFFIX = ".relay";

    private ServerName() {}

    /** The id that this host name means; empty if it cannot be one, to be told as NOT_AVAILABLE. */
    static Optional<ServerId> id(String host) {
        // Before the case is folded: outside ASCII, characters exist that fold into it.
        if (!host.chars().allMatch(c -> c < 0x80)) {
            return Optional.empty();
        }
        String name = withoutSuffix(withoutSuffix(host.toLowerCase(Locale.ROOT), "."), SUFFIX);
        try {
            return Optional.of(ServerId.of(name));
        } catch (FormatException e) {
            return Optional.empty();
        }
    }

    private static String withoutSuffix(String name, String suffix) {
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }
}
