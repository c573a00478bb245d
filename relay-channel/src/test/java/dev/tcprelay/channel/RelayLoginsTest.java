package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.KnownRelays;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Role;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding a login in the state directory, and keeping the keys that a relay has shown. */
class RelayLoginsTest {
    private final SecureRandom random = new SecureRandom();
    private final KnownRelay home = relay("home", 7000);
    private final KnownRelay work = relay("work", 7100);
    private final UserName alice = new UserName("alice");
    private final KeyPair key = KeyPair.generate(random);

    @TempDir
    Path directory;

    private RelayHome files() {
        return new RelayHome(directory);
    }

    private PublicKey newKey() {
        return PublicKey.of(KeyPair.generate(random));
    }

    private KnownRelay relay(String name, int port) {
        HostPort clients = new HostPort("relay.example", port);
        HostPort skeletons = new HostPort("relay.example", port + 1);
        return new KnownRelay(name, clients, skeletons, Realm.generate(random), newKey(), null);
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(files().knownRelays(), "# pinned\n" + home.format() + "\n" + work.format() + "\n");
        Files.writeString(files().logins(), "work bob keys/bob at work.key\nhome alice " + directory + "/a.key\n");
        SecretFiles.create(directory.resolve("keys/bob at work.key"), RelayKey.format(KeyPair.generate(random)));
        SecretFiles.create(directory.resolve("a.key"), RelayKey.format(key));
    }

    private RelayLogins.Login find(String relay, UserName user, Role role) throws FileSystemException {
        return RelayLogins.find(files(), relay, user, role);
    }

    @Test
    void theFirstLineIsTheDefault() throws Exception {
        RelayLogins.Login login = find(null, null, Role.SKELETON);
        assertEquals(work, login.known());
        assertEquals(work.skeletons(), login.address().address());
        assertEquals(new UserName("bob"), login.credentials().user());
    }

    @Test
    void aRelayIsFoundByNameAndByBothAddresses() throws Exception {
        for (String name : new String[] {"home", "relay.example:7000", "Relay.Example:7001"}) {
            RelayLogins.Login login = find(name, null, Role.CLIENT);
            assertEquals(new RelayAddress(home.clients(), Role.CLIENT, home.key(), null), login.address());
            assertEquals(PublicKey.of(key), PublicKey.of(login.credentials().key()));
        }
        assertEquals(home, find(null, alice, Role.CLIENT).known());
    }

    @Test
    void aKeyFileAndAUserNeedNoLogin() throws Exception {
        var carol = new UserName("carol");
        RelayLogins.Login login = RelayLogins.find(files(), "work", carol, directory.resolve("a.key"), Role.CLIENT);
        assertEquals(carol, login.credentials().user());
        assertEquals(PublicKey.of(key), PublicKey.of(login.credentials().key()));
    }

    private void assertAdvice(String relay, UserName user, Path file, String advice) {
        FileSystemException e = assertThrows(FileSystemException.class, () -> find(relay, user, Role.CLIENT));
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        assertTrue(e.getMessage().contains(advice), e.getMessage());
    }

    @Test
    void errorsNameTheFileAndTheRemedy() throws Exception {
        Path known = files().knownRelays();
        assertAdvice("there", null, known, "run `relay login HOST:PORT`");
        assertAdvice("10.0.0.1:7000", null, known, "run `relay login 10.0.0.1:7000`");
        assertAdvice("work", alice, files().logins(), "run `relay login relay.example:7100`");
        assertAdvice(null, new UserName("carol"), files().logins(), "no login of carol");
        Files.writeString(files().logins(), "home alice a.key\nhome\n");
        assertAdvice("home", alice, files().logins(), "logins:2: a line is");
        Files.delete(files().logins());
        assertAdvice("home", null, files().logins(), "run `relay login relay.example:7000`");
        Files.writeString(known, "home\n");
        assertAdvice("home", null, known, "known_relays:1: ");
    }

    @Test
    void aKeyFileThatOthersCanReadIsRefused() throws Exception {
        Path file = directory.resolve("a.key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertAdvice("home", null, file, "chmod");
        Files.delete(file);
        assertAdvice("home", null, file, "no such file");
    }

    private KnownRelay line() throws Exception {
        return KnownRelays.parse(Files.readString(files().knownRelays()))
                .find("home")
                .orElseThrow();
    }

    @Test
    void anAnnouncedKeyIsKeptAndBecomesTheKeyWhenItIsProven() throws Exception {
        PublicKey next = newKey();
        assertFalse(RelayLogins.remember(files(), home, home.key(), null));
        assertTrue(RelayLogins.remember(files(), home, home.key(), next));
        assertEquals(next, line().nextKey());
        assertEquals(home.key(), line().key());
        assertFalse(RelayLogins.remember(files(), home, home.key(), next));
        assertTrue(RelayLogins.remember(files(), home, next, null));
        assertEquals(next, line().key());
        assertNull(line().nextKey());
        assertTrue(Files.readString(files().knownRelays()).startsWith("# pinned\n"));
    }

    @Test
    void anAnnouncementThatIsTakenBackIsForgotten() throws Exception {
        assertTrue(RelayLogins.remember(files(), home, home.key(), newKey()));
        assertTrue(RelayLogins.remember(files(), home, home.key(), null));
        assertEquals(home, line());
    }

    @Test
    void aLineThatSomebodyHasChangedStays() throws Exception {
        KnownRelay other = relay("home", 7000);
        Files.writeString(files().knownRelays(), other.format() + "\n");
        assertFalse(RelayLogins.remember(files(), home, home.key(), newKey()));
        Files.writeString(files().knownRelays(), work.format() + "\n");
        assertFalse(RelayLogins.remember(files(), home, home.key(), newKey()));
    }

    @Test
    void aSessionTakesTheAnnouncedKeyAndDuringTheChangeTheOldOneToo() {
        PublicKey next = newKey();
        var before = new RelayAddress(home.clients(), Role.CLIENT, home.key(), null);
        RelayAddress announced = before.learned(home.key(), next);
        assertEquals(next, announced.nextKey());
        assertEquals(announced, announced.learned(next, null));
        assertEquals(before, announced.learned(home.key(), null));
        PublicKey later = newKey();
        assertEquals(new RelayAddress(home.clients(), Role.CLIENT, next, later), announced.learned(next, later));
    }
}
