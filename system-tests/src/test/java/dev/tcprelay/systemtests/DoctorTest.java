package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code relay doctor} on a client's machine: nothing wrong, then each of the usual things wrong. */
class DoctorTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int FAILED = 1;
    private static final int REFUSED = 3;
    private static final int UNREACHABLE = 4;
    private static final int UNTRUSTED = 5;
    private static final int UNAVAILABLE = 6;

    private static Network network;

    @BeforeAll
    static void aRelayWithAServer() throws Exception {
        network = Network.start(STAGE);
        network.expose("web", STAGE.keep(Target.echo()).address());
    }

    private static Result doctor(RelayCommand who, String... ids) throws Exception {
        String[] arguments = new String[3 + ids.length];
        System.arraycopy(new String[] {"doctor", "--clock", network.keyUrl()}, 0, arguments, 0, 3);
        System.arraycopy(ids, 0, arguments, 3, ids.length);
        return who.run(arguments);
    }

    /** Step to verdict. */
    private static Map<String, String> verdicts(Result result) {
        return result.out()
                .lines()
                .collect(Collectors.toMap(
                        line -> line.substring(6, line.indexOf(": ")),
                        line -> line.substring(0, 4).strip()));
    }

    /** The steps are ok up to this one, which fails, and skipped after it. */
    private static void assertFailsAt(Result result, String step, String advice) {
        assertEquals("FAIL", verdicts(result).get(step), result::out);
        List<String> failures =
                result.out().lines().filter(line -> line.startsWith("FAIL")).toList();
        assertEquals(1, failures.size(), result::out);
        assertTrue(failures.get(0).contains(advice), result::out);
        assertEquals("", result.err());
    }

    private static RelayCommand carolOnAnotherMachine(String name) throws Exception {
        RelayCommand other = RelayCommand.in(STAGE, name);
        network.login(other, Network.CAROL).succeeds();
        String psk = network.skeleton().run("psk", "show", "web").succeeds().out();
        other.runWithInput(psk + "\n", "psk", "import", "web").succeeds();
        return other;
    }

    @Test
    void allIsWell() throws Exception {
        Result result = doctor(network.client(), "web").succeeds();
        assertEquals(
                List.of("ok"), verdicts(result).values().stream().distinct().toList(), result::out);
        assertTrue(verdicts(result).containsKey("web server"), result::out);
    }

    @Test
    void theRelayIsDown() throws Exception {
        RelayCommand lost = carolOnAnotherMachine("lost");
        String known = Files.readString(lost.knownRelays());
        Files.writeString(
                lost.knownRelays(), known.replace(":" + network.clientPort() + " ", ":" + Ports.free() + " "));
        Result result = doctor(lost, "web").exits(UNREACHABLE);
        assertFailsAt(result, "connect", "Check that the relay runs");
        assertEquals("skip", verdicts(result).get("session"));
        assertEquals("skip", verdicts(result).get("web tunnel"));
    }

    @Test
    void theRelayHasAnotherKeyThanThePinnedOne() throws Exception {
        RelayCommand deceived = carolOnAnotherMachine("deceived");
        String other = deceived.run("keygen", STAGE.file("other.pem").toString())
                .succeeds()
                .out();
        String known = Files.readString(deceived.knownRelays());
        Files.writeString(deceived.knownRelays(), known.replaceFirst("x25519:[A-Za-z0-9+/]{43}=", other));
        Snapshot before = Snapshot.of(deceived.home());
        assertFailsAt(doctor(deceived, "web").exits(UNTRUSTED), "key", "ask its operator");
        assertEquals(before, Snapshot.of(deceived.home()));
    }

    @Test
    void thePskIsAnother() throws Exception {
        RelayCommand locked = carolOnAnotherMachine("locked");
        Files.delete(locked.psk("web"));
        locked.run("psk", "new", "web").succeeds();
        assertFailsAt(doctor(locked, "web").exits(REFUSED), "web tunnel", "relay psk import web");
    }

    @Test
    void theServerIsDown() throws Exception {
        network.expose("down", "127.0.0.1:" + Ports.free());
        Result result = doctor(network.client(), "down").exits(FAILED);
        assertFailsAt(result, "down server", "check that the service runs");
        assertEquals("ok", verdicts(result).get("down tunnel"));
    }

    @Test
    void nobodyServesTheId() throws Exception {
        network.share("nowhere");
        assertFailsAt(doctor(network.client(), "nowhere").exits(UNAVAILABLE), "nowhere listed", "grant");
    }
}
