package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Glob;
import dev.tcprelay.protocol.files.Grants;
import dev.tcprelay.protocol.files.PasswordKey;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.files.Users;
import dev.tcprelay.protocol.noise.KeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** The directory of a relay node: relay.key, relay.pem, users, and at first the password of the first user. */
record RelayDirectory(Path path) {
    private static final int PASSWORD_BYTES = 18;

    /** The file with the first user's password. */
    Path passwordFile(UserName user) {
        return path.resolve(user + ".password");
    }

    Path users() {
        return path.resolve("users");
    }

    /**
     * Makes what a node needs if there is no relay.key yet: a key, and one user who may connect to and serve
     * everything.
     *
     * @return whether it was made now
     */
    boolean prepare(UserName first, SecureRandom random) throws IOException, FormatException, CommandException {
        Path key = path.resolve("relay.key");
        if (Files.exists(key)) {
            return false;
        }
        if (Files.exists(users())) {
            throw new CommandException(
                    ExitCode.FAILED,
                    users() + " is there, but " + key + " is not. Restore the key, or move the users away.");
        }
        KeyPair pair = KeyPair.generate(random);
        Realm realm = Realm.generate(random);
        SecretFiles.replace(path.resolve("relay.pem"), new RelayPem(realm, PublicKey.of(pair)).format());
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        SecretFiles.replace(passwordFile(first), password + "\n");
        PublicKey userKey = PublicKey.of(PasswordKey.derive(password.toCharArray(), realm, first));
        Grants all = new Grants(List.of(Glob.of("*")), List.of(Glob.of("*")));
        String text =
                "# NAME KEY connect=GLOB,... serve=GLOB,... [disabled]; taken over by a running relay within seconds\n";
        User user = new User(first, new UserKey(UserKey.Kind.PASSWORD, userKey), all, false);
        SecretFiles.replace(users(), Users.add(text, user));
        // Last, since it says that the rest is there.
        SecretFiles.create(key, RelayKey.format(pair));
        return true;
    }

    RelayPem relayPem() throws IOException, CommandException {
        return PublicFiles.relayPem(path.resolve("relay.pem"));
    }
}
