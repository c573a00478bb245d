package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.Psk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PskCommandTest extends CommandTest {
    private Path psk() {
        return directory.resolve("home/psk/web.psk");
    }

    @Test
    void makesAFileThatOnlyTheOwnerReads() throws Exception {
        assertEquals(0, relay("psk", "new", "web"));
        assertEquals("the psk of web is in " + psk() + "\n", out());
        assertEquals("rw-------", mode(psk()));
        assertEquals("rwx------", mode(psk().getParent()));
        assertEquals(1, Psk.parseFile(Files.readString(psk())).size());
    }

    @Test
    void neverMakesOneOverAnother() throws IOException {
        relay("psk", "new", "web");
        String first = Files.readString(psk());
        assertEquals(1, relay("psk", "new", "web"));
        assertEquals("relay: " + psk() + ": there is such a file already\n", err());
        assertEquals(first, Files.readString(psk()));
        assertEquals(0, relay("psk", "new", "web2"));
        assertNotEquals(first, Files.readString(psk().resolveSibling("web2.psk")));
    }

    @Test
    void carriesAPskFromOneHomeToAnother() throws IOException {
        relay("psk", "new", "web");
        assertEquals(0, relay("psk", "show", "web"));
        assertEquals(Files.readString(psk()), out());
        input = out();
        environment.put("RELAY_HOME", directory.resolve("other").toString());
        assertEquals(0, relay("psk", "import", "web"));
        Path other = directory.resolve("other/psk/web.psk");
        assertEquals(input, Files.readString(other));
        assertEquals("rw-------", mode(other));
        assertEquals(1, relay("psk", "import", "web"));
        assertEquals(0, relay("psk", "import", "--replace", "web"));
    }

    @Test
    void importsBothPsksOfARotation() throws IOException {
        relay("psk", "new", "web");
        relay("psk", "new", "next");
        input = Files.readString(psk().resolveSibling("next.psk")) + Files.readString(psk());
        assertEquals(0, relay("psk", "import", "--replace", "web"));
        assertEquals(input, Files.readString(psk()));
    }

    @Test
    void asksAPersonWithoutShowingIt() throws IOException {
        relay("psk", "new", "web");
        typed.add(Files.readString(psk()).strip());
        assertEquals(0, relay("psk", "import", "copy"));
        assertEquals(Files.readString(psk()), Files.readString(psk().resolveSibling("copy.psk")));
    }

    /**
     * A passphrase, 31 bytes, an alphabet or padding that is not base64's: refused with a hint, and nothing is
     * written.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "correct horse battery staple",
                "tcprelay-psk-1:correct horse",
                "tcprelay-psk-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
                "tcprelay-psk-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
                "tcprelay-psk-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void refusesWhatIsNoPsk(String text) {
        input = text;
        assertEquals(2, relay("psk", "import", "web"));
        assertTrue(err().contains("relay psk new"), this::err);
        assertFalse(err().contains("horse"), this::err);
        assertFalse(Files.exists(psk()));
    }

    @Test
    void refusesALongInput() {
        input = "x".repeat(100_000);
        assertEquals(2, relay("psk", "import", "web"));
    }

    @Test
    void showsNoFileThatOthersCanRead() throws IOException {
        relay("psk", "new", "web");
        Files.setPosixFilePermissions(psk(), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(1, relay("psk", "show", "web"));
        assertEquals(
                "relay: " + psk() + ": mode 0644 lets others at this secret; run: chmod 600 " + psk() + "\n", err());
        assertEquals("", out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/etc/x", "A", ".", "", "a/b"})
    void refusesNamesThatWouldLeadElsewhere(String id) {
        assertEquals(2, relay("psk", "new", id));
        assertFalse(Files.exists(directory.resolve("home")));
    }
}
