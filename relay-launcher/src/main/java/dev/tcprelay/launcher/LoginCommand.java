package dev.tcprelay.launcher;

import dev.tcprelay.channel.Credentials;
import dev.tcprelay.channel.Dialler;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PasswordKey;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay login}: pins a relay's key and keeps what is needed to log in there. */
@Command(
        name = "login",
        mixinStandardHelpOptions = true,
        description = {
            "Logs in to a relay once, and remembers its key, both its ports and how to log in.",
            "The relay's key must be confirmed: by --fingerprint, which its operator tells you, or at the terminal."
        })
final class LoginCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "HOST:PORT", description = "The relay's address for clients.")
    private @Nullable HostPort address;

    @Option(
            names = "--key",
            paramLabel = "URL|FILE",
            description = "Where the relay's public key is; standard: http://HOST:7080/relay.pem.")
    private @Nullable String key;

    @Option(names = "--fingerprint", paramLabel = "SHA256:...", description = "The fingerprint of the relay's key.")
    private @Nullable Fingerprint fingerprint;

    @Option(names = "--user", required = true, paramLabel = "NAME", description = "The user's name.")
    private @Nullable UserName user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "One line, the password; mode 0600.")
    private @Nullable Path passwordFile;

    @Option(names = "--key-file", paramLabel = "FILE", description = "The user's key, instead of a password.")
    private @Nullable Path keyFile;

    LoginCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        HostPort to = Objects.requireNonNull(address);
        UserName name = Objects.requireNonNull(user);
        var pins = new Pins(surroundings);
        RelayPem pem = RelayKeySource.read(key == null ? RelayKeySource.standard(to) : key);
        pins.trust(to, pem, fingerprint);
        var relay = new RelayAddress(to, Role.CLIENT, pem.publicKey(), null);
        Vertx vertx = Running.briefly();
        try {
            // The relay proves that it speaks the protocol and names this key before anybody types a password.
            Waiting.until(new Dialler(vertx)
                    .greet(relay)
                    .onSuccess(greeted -> greeted.leg().run(greeted.leg()::abort)));
            KeyPair pair = userKey(pem, name);
            Welcome welcome = OneLogin.run(vertx, relay, new Credentials(name, pair));
            pins.keep(to, pem, welcome, name, pair);
        } finally {
            Waiting.until(vertx.close());
        }
        surroundings.out().println("logged in to " + to + " as " + name);
        return ExitCode.DONE.number();
    }

    private KeyPair userKey(RelayPem pem, UserName name) throws IOException, FormatException, CommandException {
        if (keyFile != null) {
            try {
                return RelayKey.parse(SecretFiles.read(keyFile));
            } catch (FormatException e) {
                throw new CommandException(ExitCode.USAGE, keyFile + ": " + e.getMessage(), e);
            }
        }
        char[] password = new Passwords(surroundings).ask(passwordFile);
        try {
            return PasswordKey.derive(password, pem.realm(), name);
        } finally {
            Arrays.fill(password, ' ');
        }
    }
}
