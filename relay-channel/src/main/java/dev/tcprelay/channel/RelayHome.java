package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.ServerId;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a user's clients and skeletons keep their state: {@code $RELAY_HOME}, else {@code ~/.config/relay}.
 *
 * @param directory absolute; may not exist yet
 */
public record RelayHome(Path directory) {
    public RelayHome {
        directory = directory.toAbsolutePath().normalize();
    }

    /** By the variables RELAY_HOME and HOME of an environment. */
    public static RelayHome of(Map<String, String> environment) {
        String home = environment.getOrDefault("RELAY_HOME", "");
        return new RelayHome(home.isEmpty() ? userHome(environment).resolve(".config/relay") : Path.of(home));
    }

    /** What {@code ~} means to a shell: {@code $HOME}, and only without it the account's directory. */
    static Path userHome(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.isEmpty() ? System.getProperty("user.home", ".") : home);
    }

    /** The pinned relays. */
    public Path knownRelays() {
        return directory.resolve("known_relays");
    }

    /** One login a line, {@code RELAY USER KEYFILE}; the first line is the default. */
    public Path logins() {
        return directory.resolve("logins");
    }

    /** The psk of a server id. */
    public Path psk(ServerId id) {
        return psks().resolve(id.value() + ".psk");
    }

    /** Where the psks are. */
    public Path psks() {
        return directory.resolve("psk");
    }

    /** The users' keys. */
    public Path keys() {
        return directory.resolve("keys");
    }
}
