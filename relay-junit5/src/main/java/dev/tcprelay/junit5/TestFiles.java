package dev.tcprelay.junit5;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.ClusterKey;
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
    /** The name of the relay as it is reached by default. */
    static final String ANY = "test";

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
        SecretFiles.create(
                relay.resolve("cluster.key"), ClusterKey.generate(RANDOM).format() + "\n");
        SecretFiles.create(home.keys().resolve("test.pem"), RelayKey.format(userKey));
        return new TestFiles(relay, home.directory(), pem);
    }

    Path users() {
        return relay.resolve("users");
    }

    /** Pins the relay at these addresses by that name; what is named first is the default. */
    synchronized void login(String name, HostPort clients, HostPort skeletons) throws Exception {
        RelayHome files = new RelayHome(home);
        var known = new KnownRelay(name, clients, skeletons, pem.realm(), pem.publicKey(), null);
        append(files.knownRelays(), known.format());
        append(files.logins(), new SavedLogin(name, UserName.of(RelayHarness.USER), "keys/test.pem").format());
    }

    private static void append(Path file, String line) throws Exception {
        String before = Files.exists(file) ? Files.readString(file) : "";
        SecretFiles.replace(file, before + line + "\n");
    }

    Path ensurePsk(String id) throws Exception {
        Path file = new RelayHome(home).psk(ServerId.of(id));
        if (!Files.exists(file)) {
            SecretFiles.create(file, Psk.generate(RANDOM).format() + "\n");
        }
        return file;
    }
}
