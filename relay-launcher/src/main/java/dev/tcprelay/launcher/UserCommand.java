package dev.tcprelay.launcher;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Glob;
import dev.tcprelay.protocol.files.Grants;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.files.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay user}: who may log in to a relay and what they may do. A running relay takes changes over by itself. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description = "The users of a relay. A running relay takes changes over by itself.")
final class UserCommand {
    private static final String USERS_FILE = "The relay's users file.";
    private static final String USER_NAME = "The user's name.";

    private final Surroundings surroundings;

    UserCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Adds a user, with a password or with a key that 'relay keygen' printed.",
                "A password comes from --password-file, the variable RELAY_PASSWORD or a prompt. The realm is that of"
                        + " the relay.pem beside the users file. The file is made if it is missing."
            })
    int add(
            @Parameters(paramLabel = "NAME", description = USER_NAME) UserName name,
            @Option(names = "--users", required = true, paramLabel = "FILE", description = USERS_FILE) Path users,
            @Option(names = "--connect", split = ",", paramLabel = "GLOB", description = "Server ids to connect to.")
                    @Nullable
                    List<Glob> connect,
            @Option(names = "--serve", split = ",", paramLabel = "GLOB", description = "Server ids to serve.") @Nullable
                    List<Glob> serve,
            @Option(names = "--password-file", paramLabel = "FILE", description = "One line, the password; mode 0600.")
                    @Nullable
                    Path passwordFile,
            @Option(names = "--public-key", paramLabel = "KEYLINE", description = "The user's public key.") @Nullable
                    UserKey publicKey)
            throws IOException, FormatException, CommandException {
        if (publicKey != null && passwordFile != null) {
            throw new CommandException(ExitCode.USAGE, "a user has a password or a key: give one of the two.");
        }
        UsersFile file = new UsersFile(users);
        if (Files.exists(users) && file.read().find(name).isPresent()) {
            throw new CommandException(ExitCode.FAILED, "the user " + name + " exists already. Remove it first.");
        }
        UserKey key = publicKey == null ? passwordKey(file, passwordFile, name) : publicKey;
        Grants grants = new Grants(
                Objects.requireNonNullElse(connect, List.of()), Objects.requireNonNullElse(serve, List.of()));
        file.editOrCreate(text -> Users.add(text, new User(name, key, grants, false)));
        surroundings.out().println("user " + name + " added");
        if (grants.equals(Grants.NONE)) {
            surroundings
                    .err()
                    .println("relay: " + name + " may do nothing yet: neither --connect nor --serve was given.");
        }
        return ExitCode.DONE.number();
    }

    private UserKey passwordKey(UsersFile file, @Nullable Path passwordFile, UserName name)
            throws IOException, FormatException, CommandException {
        if (!Files.exists(file.relayPem())) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "there is no " + file.relayPem() + ", whose realm a password needs."
                            + " Keep the users file beside the relay's relay.pem.");
        }
        return KeygenCommand.derive(
                surroundings,
                passwordFile,
                PublicFiles.relayPem(file.relayPem()).realm(),
                name);
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Prints a line per user: NAME, password or key, grants, and 'disabled' if so.")
    int list(@Option(names = "--users", required = true, paramLabel = "FILE", description = USERS_FILE) Path users)
            throws IOException {
        for (User user : new UsersFile(users).read().all()) {
            String kind = user.key().kind() == UserKey.Kind.PASSWORD ? "password" : "key";
            surroundings.out().println(user.name() + " " + kind + grants(user));
        }
        return ExitCode.DONE.number();
    }

    /** The canonical line after name and key. */
    private static String grants(User user) {
        return user.canonicalLine().substring((user.name() + " " + user.key()).length());
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Removes a user: sessions end, running tunnels go on unless configured.")
    int remove(
            @Parameters(paramLabel = "NAME", description = USER_NAME) UserName name,
            @Option(names = "--users", required = true, paramLabel = "FILE", description = USERS_FILE) Path users)
            throws IOException {
        new UsersFile(users).edit(text -> Users.remove(text, name));
        surroundings.out().println("user " + name + " removed");
        return ExitCode.DONE.number();
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Refuses a user until 'relay user enable'.")
    int disable(
            @Parameters(paramLabel = "NAME", description = USER_NAME) UserName name,
            @Option(names = "--users", required = true, paramLabel = "FILE", description = USERS_FILE) Path users)
            throws IOException {
        new UsersFile(users).edit(text -> Users.disable(text, name, true));
        surroundings.out().println("user " + name + " disabled");
        return ExitCode.DONE.number();
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Takes a disabled user back.")
    int enable(
            @Parameters(paramLabel = "NAME", description = USER_NAME) UserName name,
            @Option(names = "--users", required = true, paramLabel = "FILE", description = USERS_FILE) Path users)
            throws IOException {
        new UsersFile(users).edit(text -> Users.disable(text, name, false));
        surroundings.out().println("user " + name + " enabled");
        return ExitCode.DONE.number();
    }
}
