package dev.tcprelay.junit5;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.Glob;
import dev.tcprelay.protocol.files.Grants;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.SavedLogin;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.files.Users;
import dev.tcprelay.protocol.noise.KeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * What a relay and its peers keep on disk, made for a test: one user with a key file, so that no password is derived.
 */
record TestFiles(Path relay, Path home, RelayPem pem) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static TestFiles create(Path directory) throws Exception {
        Path relay = directory.resolve("relay");
        RelayHome home = new RelayHome(directory.resolve("home"));
        UserName user = UserName.of(RelayHarness.USER);
        KeyPair relayKey = KeyPair.generate(RANDOM);
        KeyPair userKey = KeyPair.generate(RANDOM);
        RelayPem pem = new RelayPem(Realm.generate(RANDOM), PublicKey.of(relayKey));
        Grants all = new Grants(List.of(Glob.of("*")), List.of(Glob.of("*")));
        User line = new User(user, new UserKey(UserKey.Kind.X25519, PublicKey.of(userKey)), all, false);
        SecretFiles.create(relay.resolve("relay.key"), RelayKey.format(relayKey));
        SecretFiles.create(relay.resolve("relay.pem"), pem.format());
        SecretFiles.create(relay.resolve("users"), Users.add("", line));
        SecretFiles.create(home.keys().resolve("test.pem"), RelayKey.format(userKey));
        return new TestFiles(relay, home.directory(), pem);
    }

    Path users() {
        return relay.resolve("users");
    }

    /** Pins the relay on these ports and makes the user's login the default. */
    void login(int clientPort, int skeletonPort) throws Exception {
        RelayHome files = new RelayHome(home);
        var known = new KnownRelay(
                "test",
                new HostPort("127.0.0.1", clientPort),
                new HostPort("127.0.0.1", skeletonPort),
                pem.realm(),
                pem.publicKey(),
                null);
        SecretFiles.create(files.knownRelays(), known.format() + "\n");
        var login = new SavedLogin("test", UserName.of(RelayHarness.USER), "keys/test.pem");
        SecretFiles.create(files.logins(), login.format() + "\n");
    }

    Path ensurePsk(String id) throws Exception {
        Path file = new RelayHome(home).psk(ServerId.of(id));
        if (!Files.exists(file)) {
            SecretFiles.create(file, Psk.generate(RANDOM).format() + "\n");
        }
        return file;
    }
}
