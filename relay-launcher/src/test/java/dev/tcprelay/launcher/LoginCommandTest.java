package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.KnownRelays;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.noise.KeyPair;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is trusted, what is kept, and that nothing is kept when the answer is no. */
@Timeout(120)
class LoginCommandTest extends CommandTest {
    private static TestRelay relay;

    @BeforeAll
    static void open(@TempDir Path files) throws Exception {
        relay = new TestRelay(files.resolve("relay"));
    }

    @AfterAll
    static void close() throws Exception {
        relay.close();
    }

    private static RelayPem otherPem() {
        var random = new SecureRandom();
        return new RelayPem(Realm.generate(random), PublicKey.of(KeyPair.generate(random)));
    }

    /** Another key is pinned for this relay's address. */
    private Map<String, String> pinAnotherKey() throws Exception {
        HostPort address = HostPort.parse(relay.address());
        RelayPem pem = otherPem();
        var known = new KnownRelay("office", address, address, pem.realm(), pem.publicKey(), null);
        Files.createDirectories(home());
        Files.writeString(home().resolve("known_relays"), known.format() + "\n");
        return contents(home());
    }

    @Test
    void whatIsNeededIsKeptAndThePasswordIsNot() throws Exception {
        assertEquals(0, relay(relay.rightLogin()), this::err);
        assertEquals("logged in to " + relay.address() + " as owner\n", out());
        assertEquals("", err());
        KnownRelay known = KnownRelays.parse(Files.readString(home().resolve("known_relays")))
                .findByClients(HostPort.parse(relay.address()))
                .orElseThrow();
        assertEquals(relay.fingerprint(), known.fingerprint().toString());
        assertEquals("rwx------", mode(home()));
        assertEquals("rw-------", mode(home().resolve("keys/" + known.name() + ".owner.pem")));
        String password = Files.readString(Path.of(relay.passwordFile())).strip();
        contents(home()).forEach((name, text) -> assertFalse(text.contains(password), name));
        assertEquals(0, relay("ls"), this::err);
    }

    @Test
    void aPinnedKeyNeedsNoFingerprintAndNobody() {
        assertEquals(0, relay(relay.rightLogin()), this::err);
        assertEquals(0, relay(relay.login("--password-file", relay.passwordFile())), this::err);
    }

    /** Refused credentials: a code of its own, and nothing is kept, where nothing was and where something was. */
    @Test
    void aWrongPasswordKeepsNothing() throws Exception {
        Path wrong = file("wrong", "not the password\n", "rw-------");
        String[] login = relay.login("--fingerprint", relay.fingerprint(), "--password-file", wrong.toString());
        assertEquals(3, relay(login));
        assertTrue(err().contains("refused the credentials"), this::err);
        assertEquals(Map.of(), contents(home()));
        assertEquals(0, relay(relay.rightLogin()), this::err);
        Map<String, String> before = contents(home());
        assertEquals(3, relay(login));
        assertEquals(before, contents(home()));
    }

    /** A fingerprint mismatch is refused before anything else is looked at, and known_relays is unchanged. */
    @Test
    void anotherFingerprintIsRefused() throws Exception {
        String other = otherPem().fingerprint().toString();
        String[] login = relay.login("--fingerprint", other, "--password-file", "/nowhere");
        assertEquals(5, relay(login));
        assertTrue(err().contains(other) && err().contains(relay.fingerprint()), this::err);
        assertEquals(Map.of(), contents(home()));
        Map<String, String> before = pinAnotherKey();
        assertEquals(5, relay(login));
        assertEquals(before, contents(home()));
    }

    /** Neither a pin nor a fingerprint nor a terminal: refuses, before any password work. */
    @Test
    void withoutAnyoneToConfirmTheKeyItRefuses() throws Exception {
        assertEquals(5, relay(relay.login("--password-file", "/nowhere")));
        assertTrue(err().contains("--fingerprint"), this::err);
        assertEquals(Map.of(), contents(home()));
    }

    @Test
    void aPersonWhoSaysYesIsTrustedAndThenAskedForThePassword() throws Exception {
        typed.add("yes");
        typed.add(Files.readString(Path.of(relay.passwordFile())).strip());
        assertEquals(0, relay(relay.login()), this::err);
        assertTrue(typed.isEmpty());
        assertEquals(0, relay("ls"), this::err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "y", "Yes", "", "yes!"})
    void anyOtherAnswerIsNo(String answer) throws Exception {
        typed.add(answer);
        assertEquals(5, relay(relay.login("--password-file", relay.passwordFile())));
        assertEquals("relay: not confirmed. Nothing was pinned.\n", err());
        assertEquals(Map.of(), contents(home()));
    }

    /** A pinned key is not replaced because another one is offered, not even when a person is there to be asked. */
    @Test
    void anotherKeyThanThePinnedOneIsRefused() throws Exception {
        Map<String, String> before = pinAnotherKey();
        typed.add("yes");
        assertEquals(5, relay(relay.login("--password-file", "/nowhere")));
        assertEquals(1, typed.size());
        assertEquals(before, contents(home()));
        typed.clear();
        assertEquals(0, relay(relay.rightLogin()), this::err);
        assertEquals(0, relay("ls"), this::err);
    }

    /** The file is right by its fingerprint, but the relay's HELLO names another key: no password is looked for. */
    @Test
    void aHelloOfAnotherKeyIsRefusedBeforeAnyPasswordWork() throws Exception {
        RelayPem other = otherPem();
        Path pem = file("other.pem", other.format(), "rw-r--r--");
        assertEquals(
                5,
                relay(
                        "login",
                        relay.address(),
                        "--key",
                        pem.toString(),
                        "--fingerprint",
                        other.fingerprint().toString(),
                        "--user",
                        "owner",
                        "--password-file",
                        "/nowhere"));
        assertTrue(err().contains("does not have the pinned key"), this::err);
        assertEquals(Map.of(), contents(home()));
    }

    /** The same for the commands that come after a login: they stop, and offer no way around. */
    @Test
    void everyCommandStopsAtAnotherKeyThanThePinnedOne() throws Exception {
        assertEquals(0, relay(relay.rightLogin()), this::err);
        Path known = home().resolve("known_relays");
        String right = PublicKey.of(KeyPair.generate(new SecureRandom())).toString();
        String wrong = Files.readString(known).replaceFirst("x25519:\\S+", "x25519:" + right);
        Files.writeString(known, wrong);
        assertEquals(5, relay("ls"), this::err);
        assertEquals(5, relay("stdio", "web"), this::err);
        assertEquals(5, relay("client", "--forward", "0:web"), this::err);
        assertEquals(5, relay("expose", "web", "127.0.0.1:1"), this::err);
        assertEquals(wrong, Files.readString(known));
    }

    @Test
    void anAddressWhereNobodyListensIsUnreachable() throws Exception {
        String nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "127.0.0.1:" + socket.getLocalPort();
        }
        String[] login = relay.rightLogin();
        login[1] = nobody;
        assertEquals(4, relay(login));
        assertTrue(err().contains(nobody), this::err);
        login[3] = "http://" + nobody + "/relay.pem";
        assertEquals(4, relay(login));
        assertTrue(err().contains("relay.pem as a file"), this::err);
        assertEquals(Map.of(), contents(home()));
    }

    @Test
    void aPasswordFileThatOthersCanReadIsRefused() throws Exception {
        Path open = file("open", "whatever it is\n", "rw-r-----");
        assertEquals(1, relay(relay.login("--fingerprint", relay.fingerprint(), "--password-file", open.toString())));
        assertEquals("relay: " + open + ": mode 0640 lets others at this secret; run: chmod 600 " + open + "\n", err());
        assertEquals(Map.of(), contents(home()));
    }
}
