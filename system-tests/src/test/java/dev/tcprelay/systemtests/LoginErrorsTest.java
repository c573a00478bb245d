package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every login that must not be: its exit code, its advice, and that nothing of it is kept. */
class LoginErrorsTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int REFUSED = 3;
    private static final int UNREACHABLE = 4;
    private static final int UNTRUSTED = 5;

    private static Network network;
    private static Path right;
    private static Path wrong;

    private Snapshot before;

    @BeforeAll
    static void aRelayWhereCarolIsLoggedIn() throws Exception {
        network = Network.relayOnly(STAGE);
        network.addUser(Network.CAROL, "--connect", "*");
        network.login(network.client(), Network.CAROL).succeeds();
        right = STAGE.file("password-of-carol");
        wrong = network.secretFile("wrong-password", "not the pass phrase of carol");
    }

    @BeforeEach
    void whatIsKept() throws Exception {
        before = Snapshot.of(network.client().home());
        assertTrue(before.files().containsKey("known_relays"), before.files().keySet()::toString);
    }

    @AfterEach
    void isKeptAsItWas() throws Exception {
        assertEquals(before, Snapshot.of(network.client().home()));
    }

    private static Result login(String user, Path password, String... more) throws Exception {
        return network.login(network.client(), user, password, more);
    }

    @Test
    void aWrongPasswordAnUnknownUserAndADisabledOneAreToldAlike() throws Exception {
        network.addUser("dora", "--connect", "*");
        network.user("dora", "disable").succeeds();
        String[] trusted = {"--fingerprint", network.fingerprint()};
        String mistaken = login("carol", wrong, trusted).exits(REFUSED).err();
        String unknown = login("nobody", right, trusted).exits(REFUSED).err();
        Eventually.within(
                10,
                "dora is refused",
                () -> login("dora", STAGE.file("password-of-dora"), trusted).code() == REFUSED);
        String disabled = login("dora", STAGE.file("password-of-dora"), trusted)
                .exits(REFUSED)
                .err();
        assertEquals(mistaken.replace("carol", "NAME"), unknown.replace("nobody", "NAME"));
        assertEquals(mistaken.replace("carol", "NAME"), disabled.replace("dora", "NAME"));
    }

    @Test
    void nothingIsKeptWhereNothingWas() throws Exception {
        RelayCommand stranger = RelayCommand.in(STAGE, "stranger");
        network.login(stranger, Network.CAROL, wrong, "--fingerprint", network.fingerprint())
                .exits(REFUSED);
        assertEquals(Snapshot.of(STAGE.file("nowhere")), Snapshot.of(stranger.home()));
        Result ls = stranger.run("ls");
        assertFalse(ls.code() == 0, "there is no login");
        ls.says("relay login");
    }

    @Test
    void anotherFingerprintIsRefused() throws Exception {
        String other = "SHA256:" + "A".repeat(43) + "=";
        login(Network.CAROL, right, "--fingerprint", other).exits(UNTRUSTED).says(network.fingerprint(), other);
    }

    @Test
    void withoutPinFingerprintAndTerminalNothingIsTrusted() throws Exception {
        RelayCommand stranger = RelayCommand.in(STAGE, "without-fingerprint");
        network.login(stranger, Network.CAROL, right).exits(UNTRUSTED).says("--fingerprint");
        assertEquals(Snapshot.of(STAGE.file("nowhere")), Snapshot.of(stranger.home()));
    }

    @Test
    void aRedirectToAnotherHostIsNotFollowed() throws Exception {
        Target elsewhere = STAGE.keep(
                Target.http("200 OK", Files.readString(network.directory().resolve("relay.pem"))));
        String location = "http://localhost:" + elsewhere.port() + "/relay.pem";
        Target redirect = STAGE.keep(Target.http("302 Found\r\nLocation: " + location, ""));
        loginByKey("http://127.0.0.1:" + redirect.port() + "/relay.pem")
                .exits(UNTRUSTED)
                .says("redirect");
        assertEquals(0, elsewhere.accepted(), "the other host was asked");
    }

    @Test
    void aKeyDownloadWithoutEndIsGivenUp() throws Exception {
        Target flood = STAGE.keep(Target.http("200 OK", "-".repeat(10 << 20)));
        loginByKey("http://127.0.0.1:" + flood.port() + "/relay.pem").exits(UNTRUSTED);
    }

    @Test
    void anotherRelaysKeyThanThePinnedOneStopsEveryCommand() throws Exception {
        RelayCommand deceived = RelayCommand.in(STAGE, "deceived");
        network.login(deceived, Network.CAROL).succeeds();
        String other = deceived.run("keygen", STAGE.file("other.pem").toString())
                .succeeds()
                .out();
        String known = Files.readString(deceived.knownRelays());
        Files.writeString(deceived.knownRelays(), known.replaceFirst("x25519:[A-Za-z0-9+/]{43}=", other));
        Snapshot pinned = Snapshot.of(deceived.home());

        deceived.run("ls").exits(UNTRUSTED);
        deceived.run("stdio", "web").exits(UNTRUSTED);
        assertEquals(pinned, Snapshot.of(deceived.home()), "a key that differs never replaces the pin");
    }

    @Test
    void aPortThatIsNoRelaysIsToldSo() throws Exception {
        Target mail = STAGE.keep(Target.mail());
        loginTo(mail.address()).exits(UNREACHABLE).says("relay");
        loginTo("127.0.0.1:" + network.skeletonPort()).exits(UNREACHABLE);
    }

    @Test
    void aRelayThatIsDownIsUnreachable() throws Exception {
        int nobody = Ports.free();
        loginTo("127.0.0.1:" + nobody).exits(UNREACHABLE).says("127.0.0.1:" + nobody);
        RelayCommand late = RelayCommand.in(STAGE, "late");
        network.login(late, Network.CAROL).succeeds();
        String known = Files.readString(late.knownRelays());
        Files.writeString(late.knownRelays(), known.replace(":" + network.clientPort() + " ", ":" + nobody + " "));
        late.run("ls").exits(UNREACHABLE).says("127.0.0.1:" + nobody);
    }

    @Test
    void aPasswordFileThatOthersCanReadIsRefusedWithItsFix() throws Exception {
        Path open = network.secretFile("open-password", Network.password(Network.CAROL));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
        Result result = login(Network.CAROL, open, "--fingerprint", network.fingerprint());
        assertFalse(result.code() == 0);
        result.says(open.toString(), "chmod 600");
    }

    @Test
    void noOptionTakesAPassword() throws Exception {
        network.client()
                .run("login", network.address(), "--user", "carol", "--password", "secret word")
                .exits(2);
    }

    private static Result loginByKey(String key) throws Exception {
        return network.client()
                .run(
                        "login",
                        network.address(),
                        "--key",
                        key,
                        "--fingerprint",
                        network.fingerprint(),
                        "--user",
                        Network.CAROL,
                        "--password-file",
                        right.toString());
    }

    private static Result loginTo(String address) throws Exception {
        return network.client()
                .run(
                        "login",
                        address,
                        "--key",
                        network.keyUrl(),
                        "--fingerprint",
                        network.fingerprint(),
                        "--user",
                        Network.CAROL,
                        "--password-file",
                        right.toString());
    }
}
