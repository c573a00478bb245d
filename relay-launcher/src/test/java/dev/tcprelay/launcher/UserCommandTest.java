package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.PasswordKey;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code relay user} and {@code relay keygen}, which belong together. */
class UserCommandTest extends CommandTest {
    private static final String PASSWORD = "correct horse";
    private static final Realm REALM = new Realm("00112233445566778899aabbccddeeff");

    private final KeyPair relayKey = KeyPair.generate(new SecureRandom());

    private Path users;
    private Path passwordFile;

    @BeforeEach
    void relayDirectory() throws IOException {
        users = directory.resolve("users");
        passwordFile = file("password", PASSWORD + "\n", "rw-------");
        file("relay.pem", new RelayPem(REALM, PublicKey.of(relayKey)).format(), "rw-r--r--");
    }

    private int user(String command, String... args) {
        String[] all = new String[args.length + 4];
        System.arraycopy(args, 0, all, 4, args.length);
        all[0] = "user";
        all[1] = command;
        all[2] = "--users";
        all[3] = users.toString();
        return relay(all);
    }

    private String keyline() throws Exception {
        KeyPair pair = PasswordKey.derive(PASSWORD.toCharArray(), REALM, new UserName("alice"));
        return new UserKey(UserKey.Kind.PASSWORD, PublicKey.of(pair)).toString();
    }

    private String keyFile(String name) {
        assertEquals(0, relay("keygen", directory.resolve(name).toString()), this::err);
        return out().strip();
    }

    @Test
    void addsAUserWithAPasswordFile() throws Exception {
        assertEquals(
                0,
                user(
                        "add",
                        "alice",
                        "--connect",
                        "web*,mail",
                        "--serve",
                        "web",
                        "--password-file",
                        passwordFile.toString()));
        assertEquals("user alice added\n", out());
        assertEquals("", err());
        assertEquals("alice " + keyline() + " connect=mail,web* serve=web\n", Files.readString(users));
        assertEquals("rw-------", mode(users));
        assertEquals(0, user("list"));
        assertEquals("alice password connect=mail,web* serve=web\n", out());
    }

    @Test
    void takesThePasswordFromTheEnvironmentOrAPerson() throws Exception {
        environment.put("RELAY_PASSWORD", PASSWORD);
        assertEquals(0, user("add", "alice"));
        assertTrue(Files.readString(users).startsWith("alice " + keyline()));
        assertEquals("relay: alice may do nothing yet: neither --connect nor --serve was given.\n", err());
        assertEquals(0, user("remove", "alice"));
        environment.remove("RELAY_PASSWORD");
        typed.add(PASSWORD);
        typed.add(PASSWORD);
        assertEquals(0, user("add", "alice"));
        assertTrue(Files.readString(users).startsWith("alice " + keyline()));
        assertTrue(typed.isEmpty());
    }

    @Test
    void refusesToGuessAPassword() throws IOException {
        assertEquals(2, user("add", "alice"));
        assertEquals(
                "relay: no password, and no terminal to ask for it. Use --password-file FILE or the variable RELAY_PASSWORD.\n",
                err());
        typed.add(PASSWORD);
        typed.add("something else");
        assertEquals(2, user("add", "alice"));
        assertEquals("relay: the two passwords differ. Try again.\n", err());
        environment.put("RELAY_PASSWORD", "short");
        assertEquals(2, user("add", "alice"));
        assertEquals("relay: a password has 8 to 1024 bytes in UTF-8.\n", err());
        file("password", PASSWORD + "\nmore\n", "rw-------");
        assertEquals(2, user("add", "alice", "--password-file", passwordFile.toString()));
        assertFalse(Files.exists(users));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw-r--r--"})
    void refusesAPasswordOrUsersFileThatOthersCanRead(String mode) throws IOException {
        Files.setPosixFilePermissions(passwordFile, PosixFilePermissions.fromString(mode));
        assertEquals(1, user("add", "alice", "--password-file", passwordFile.toString()));
        assertTrue(err().endsWith("run: chmod 600 " + passwordFile + "\n"), this::err);
        Path open = file("users", "# mine\n", mode);
        for (String command : new String[] {"list", "remove", "disable", "enable", "add"}) {
            assertEquals(1, command.equals("list") ? user(command) : user(command, "alice"));
            assertTrue(err().endsWith("run: chmod 600 " + open + "\n"), this::err);
        }
        assertEquals("# mine\n", Files.readString(users));
    }

    @Test
    void editsOneLineAndKeepsAllElse() throws IOException {
        String bob = keyFile("bob.pem");
        String carol = keyFile("carol.pem");
        String text = "# staff\n\nbob   " + bob + " connect=*\n# guests\ncarol " + carol + "\n";
        file("users", text, "rw-------");
        assertEquals(0, user("disable", "bob"));
        String disabled = text.replace("bob   " + bob + " connect=*", "bob " + bob + " connect=* serve= disabled");
        assertEquals(disabled, Files.readString(users));
        assertEquals(0, user("list"));
        assertEquals("bob key connect=* serve= disabled\ncarol key connect= serve=\n", out());
        assertEquals(0, user("enable", "bob"));
        assertEquals(disabled.replace(" disabled", ""), Files.readString(users));
        assertEquals(0, user("remove", "carol"));
        assertEquals("# staff\n\nbob " + bob + " connect=* serve=\n# guests\n", Files.readString(users));
        assertEquals("rw-------", mode(users));
    }

    @Test
    void refusesWhatTheRelayWouldRefuse() throws IOException {
        String key = keyFile("a.pem");
        assertEquals(0, user("add", "alice", "--public-key", key, "--connect", "*"));
        String before = Files.readString(users);
        assertEquals(1, user("add", "alice", "--public-key", key));
        assertEquals("relay: the user alice exists already. Remove it first.\n", err());
        assertEquals(1, user("add", "bob", "--public-key", key));
        assertTrue(err().contains("bob has the same key as alice"), this::err);
        assertEquals(1, user("add", "bob", "--public-key", "x25519:" + PublicKey.of(relayKey)));
        assertTrue(err().contains("the relay's own"), this::err);
        assertEquals(2, user("add", "bob", "--public-key", "x25519:" + "A".repeat(43) + "="));
        assertEquals(2, user("add", "Bob", "--public-key", key));
        assertEquals(2, user("add", "bob", "--public-key", key, "--connect", "web/"));
        assertEquals(2, user("add", "bob", "--public-key", key, "--password-file", passwordFile.toString()));
        assertEquals(1, user("remove", "nobody"));
        assertEquals("relay: " + users + ": there is no user nobody\n", err());
        assertEquals(before, Files.readString(users));
    }

    @Test
    void needsTheRelayPemOnlyForPasswords() throws IOException {
        Files.delete(directory.resolve("relay.pem"));
        assertEquals(2, user("add", "alice", "--password-file", passwordFile.toString()));
        assertTrue(err().contains(directory.resolve("relay.pem").toString()), this::err);
        assertEquals(0, user("add", "alice", "--public-key", keyFile("a.pem")));
    }

    @Test
    void saysWhichFileIsNotThere() {
        assertEquals(1, user("list"));
        assertEquals("relay: " + users + ": there is no such file\n", err());
        assertEquals(1, user("remove", "alice"));
        assertEquals("relay: " + users + ": there is no such file\n", err());
        assertFalse(Files.exists(users.resolveSibling(".users.lock")));
    }

    @Test
    void makesAKeyFileThatOnlyTheOwnerReads() throws Exception {
        String keyline = keyFile("keys/a.pem");
        Path file = directory.resolve("keys/a.pem");
        assertEquals("rw-------", mode(file));
        KeyPair pair = RelayKey.parse(Files.readString(file));
        assertEquals("x25519:" + PublicKey.of(pair), keyline);
        assertEquals(1, relay("keygen", file.toString()));
        assertEquals("relay: " + file + ": there is such a file already\n", err());
    }

    @Test
    void derivesTheSameKeyFromAPasswordByRealmOrRelayPem() throws Exception {
        String pem = directory.resolve("relay.pem").toString();
        String password = passwordFile.toString();
        assertEquals(
                0, relay("keygen", "--password", "--user", "alice", "--relay-pem", pem, "--password-file", password));
        assertEquals(keyline() + "\n", out());
        environment.put("RELAY_PASSWORD", PASSWORD);
        assertEquals(0, relay("keygen", "--password", "--user", "alice", "--realm", REALM.hex()));
        assertEquals(keyline() + "\n", out());
        assertEquals(0, user("add", "alice", "--public-key", out().strip()));
        assertEquals("alice " + keyline() + " connect= serve=\n", Files.readString(users));
    }

    @Test
    void explainsHowKeygenIsUsed() {
        assertEquals(2, relay("keygen"));
        assertEquals(2, relay("keygen", "--password"));
        assertEquals(2, relay("keygen", "--password", "--user", "alice"));
        assertEquals(2, relay("keygen", "--password", "--user", "alice", "--realm", "xyz"));
        assertEquals(
                2, relay("keygen", "--user", "alice", directory.resolve("k").toString()));
        assertEquals(2, relay("keygen", "--password", "--user", "a", "--realm", REALM.hex(), "file"));
        assertFalse(Files.exists(directory.resolve("k")));
    }

    @Test
    void neverShowsAPassword() {
        environment.put("RELAY_PASSWORD", PASSWORD);
        user("add", "alice", "--verbose", "--connect", "*");
        assertFalse((out() + err()).contains(PASSWORD));
    }
}
