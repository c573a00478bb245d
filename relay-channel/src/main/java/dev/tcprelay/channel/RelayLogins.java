package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.KnownRelays;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.SavedLogin;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Role;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds, in the state directory, the relay that is meant, its pinned key, and the user and key with which to log in
 * there. Blocks; not for event loops. All errors are {@link FileSystemException}s that name the file and say what to
 * do.
 */
public final class RelayLogins {
    private final RelayHome home;
    private final KnownRelays relays;
    private final List<SavedLogin> logins;

    private RelayLogins(RelayHome home) throws FileSystemException {
        this.home = home;
        this.relays = parse(home.knownRelays(), readIfThere(home.knownRelays()), KnownRelays::parse);
        this.logins = parse(home.logins(), readIfThere(home.logins()), SavedLogin::parseFile);
    }

    /**
     * What a session needs.
     *
     * @param known the relay's line of known_relays, to be handed to {@link #remember}
     */
    public record Login(RelayAddress address, Credentials credentials, KnownRelay known) {}

    /** As {@link #find(RelayHome, String, UserName, Path, Role)}, with the key file of the login. */
    public static Login find(RelayHome home, @Nullable String relay, @Nullable UserName user, Role role)
            throws FileSystemException {
        return find(home, relay, user, null, role);
    }

    /**
     * The login that is meant.
     *
     * @param relay a name or one of the two addresses of a pinned relay; null for that of the default login
     * @param user null for the user of the last login there
     * @param keyFile null for the file that the login has
     * @param role whose port is to be used
     */
    public static Login find(
            RelayHome home, @Nullable String relay, @Nullable UserName user, @Nullable Path keyFile, Role role)
            throws FileSystemException {
        var files = new RelayLogins(home);
        KnownRelay known = relay == null ? files.standard(user) : files.known(relay);
        Credentials credentials;
        if (user != null && keyFile != null) {
            credentials = new Credentials(user, parse(keyFile, SecretFiles.read(keyFile), RelayKey::parse));
        } else {
            SavedLogin line = files.login(known, user);
            Path file = keyFile != null ? keyFile : home.directory().resolve(line.keyFile());
            credentials = new Credentials(line.user(), parse(file, SecretFiles.read(file), RelayKey::parse));
        }
        HostPort address = role == Role.CLIENT ? known.clients() : known.skeletons();
        return new Login(new RelayAddress(address, role, known.key(), known.nextKey()), credentials, known);
    }

    private KnownRelay standard(@Nullable UserName user) throws FileSystemException {
        Optional<SavedLogin> first = logins.stream()
                .filter(line -> user == null || line.user().equals(user))
                .findFirst();
        if (first.isPresent()) {
            return known(first.get().relay());
        }
        if (relays.all().size() == 1) {
            return relays.all().get(0);
        }
        throw advise(home.logins(), "no login" + (user == null ? "" : " of " + user), "HOST:PORT");
    }

    private KnownRelay known(String relay) throws FileSystemException {
        Optional<KnownRelay> byName = relays.find(relay);
        if (byName.isPresent()) {
            return byName.get();
        }
        try {
            HostPort address = HostPort.parse(relay);
            Optional<KnownRelay> byAddress = relays.findByClients(address).or(() -> relays.findBySkeletons(address));
            if (byAddress.isPresent()) {
                return byAddress.get();
            }
            throw advise(home.knownRelays(), "the relay " + relay + " is not known", relay);
        } catch (FormatException e) {
            throw advise(home.knownRelays(), "there is no relay of the name " + relay, "HOST:PORT");
        }
    }

    private SavedLogin login(KnownRelay known, @Nullable UserName user) throws FileSystemException {
        Optional<SavedLogin> line = logins.stream()
                .filter(each -> each.relay().equals(known.name()))
                .filter(each -> user == null || each.user().equals(user))
                .findFirst();
        if (line.isEmpty()) {
            String who = user == null ? "" : " of " + user;
            throw advise(
                    home.logins(),
                    "no login" + who + " for " + known.name(),
                    known.clients().toString());
        }
        return line.get();
    }

    /**
     * Keeps what the relay has shown at a login: the key that it has proven to have, and the one that it announces to
     * change to. Changes the line in known_relays only if that is news, and only while the line still pins a key from
     * which this follows; another line of the same name is somebody's decision.
     *
     * @param known the line with which the session began
     * @param proven the key of {@code known}, or a next one that was announced
     * @param announced null if no change is announced
     * @return whether the file was changed
     * @throws IOException when it cannot be read or written; the session is none the worse for it
     */
    public static boolean remember(RelayHome home, KnownRelay known, PublicKey proven, @Nullable PublicKey announced)
            throws IOException {
        Path file = home.knownRelays();
        if (parse(file, SecretFiles.readPublic(file), text -> changed(text, known, proven, announced))
                .isEmpty()) {
            return false;
        }
        return SecretFiles.locked(file, () -> {
            Optional<String> text =
                    parse(file, SecretFiles.readPublic(file), now -> changed(now, known, proven, announced));
            if (text.isPresent()) {
                SecretFiles.replace(file, text.get());
            }
            return text.isPresent();
        });
    }

    private static Optional<String> changed(
            String text, KnownRelay known, PublicKey proven, @Nullable PublicKey announced) throws FormatException {
        Optional<KnownRelay> line = KnownRelays.parse(text).find(known.name());
        PublicKey next = proven.equals(announced) ? null : announced;
        if (line.isEmpty() || !follows(line.get(), known, proven)) {
            return Optional.empty();
        }
        KnownRelay old = line.get();
        KnownRelay wanted = new KnownRelay(old.name(), old.clients(), old.skeletons(), old.realm(), proven, next);
        return wanted.equals(old) ? Optional.empty() : Optional.of(KnownRelays.put(text, wanted));
    }

    private static boolean follows(KnownRelay line, KnownRelay known, PublicKey proven) {
        return line.realm().equals(known.realm())
                && (line.key().equals(known.key()) || line.key().equals(proven) || proven.equals(line.nextKey()));
    }

    private static String readIfThere(Path file) throws FileSystemException {
        return Files.exists(file) ? SecretFiles.readPublic(file) : "";
    }

    /** Understands a file's text. */
    private interface Parser<T> {
        T parse(String text) throws FormatException;
    }

    private static <T> T parse(Path file, String text, Parser<T> parser) throws FileSystemException {
        try {
            return parser.parse(text);
        } catch (FormatException e) {
            throw new FileSystemException(
                    file + (e.line() == 0 ? "" : ":" + e.line()), null, String.valueOf(e.problem()));
        }
    }

    private static FileSystemException advise(Path file, String what, String where) {
        return new FileSystemException(file.toString(), null, what + ": run `relay login " + where + "`");
    }
}
