package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PasswordKey;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay keygen}: the key by which a user is known, without showing any secret to the relay's host. */
@Command(
        name = "keygen",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a user's key and prints its KEYLINE, which is public: what 'relay user add --public-key' takes.",
            "With FILE, the key is random and FILE, its private half, is created with mode 0600.",
            "With --password, the key is derived from a password, a user name and the relay's realm; nothing is stored."
        })
final class KeygenCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The private key to create, PKCS#8 PEM.")
    private @Nullable Path file;

    @Option(names = "--password", description = "Derive the key from a password.")
    private boolean password;

    @Option(names = "--user", paramLabel = "NAME", description = "Whose password it is.")
    private @Nullable UserName user;

    @Option(names = "--relay-pem", paramLabel = "FILE", description = "The relay's relay.pem, for its realm.")
    private @Nullable Path relayPem;

    @Option(names = "--realm", paramLabel = "HEX", description = "The relay's realm, 32 hex digits.")
    private @Nullable Realm realm;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "One line, the password; mode 0600. Otherwise RELAY_PASSWORD or a prompt.")
    private @Nullable Path passwordFile;

    KeygenCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, FormatException, CommandException {
        UserKey key = password ? derived() : random();
        surroundings.out().println(key);
        return ExitCode.DONE.number();
    }

    private UserKey random() throws FileSystemException, CommandException {
        if (file == null || user != null || relayPem != null || realm != null || passwordFile != null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "keygen takes a FILE alone, or --password with its options. See: relay keygen --help");
        }
        KeyPair pair = KeyPair.generate(surroundings.random());
        SecretFiles.create(file, RelayKey.format(pair));
        return new UserKey(UserKey.Kind.X25519, PublicKey.of(pair));
    }

    private UserKey derived() throws IOException, FormatException, CommandException {
        if (user == null || file != null || (realm == null) == (relayPem == null)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "keygen --password needs --user NAME and --relay-pem FILE or --realm HEX, and no FILE.");
        }
        Realm place = relayPem == null ? realm : PublicFiles.relayPem(relayPem).realm();
        return derive(surroundings, passwordFile, Objects.requireNonNull(place), user);
    }

    /** The public key that belongs to a password that is being chosen. */
    static UserKey derive(Surroundings surroundings, @Nullable Path passwordFile, Realm realm, UserName user)
            throws FileSystemException, CommandException, FormatException {
        char[] password = new Passwords(surroundings).choose(passwordFile);
        try {
            return new UserKey(UserKey.Kind.PASSWORD, PublicKey.of(PasswordKey.derive(password, realm, user)));
        } finally {
            Arrays.fill(password, ' ');
        }
    }
}
