package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file logins. */
class SavedLoginTest {
    private static final SavedLogin ALICE = new SavedLogin("home", new UserName("alice"), "keys/alice at home.pem");

    @Test
    void linesAreReadInTheirOrderAndTheFileMayHaveSpaces() throws Exception {
        List<SavedLogin> logins =
                SavedLogin.parseFile("# last first\r\n\r\n home\talice  keys/alice at home.pem \nwork bob /k\n");
        assertEquals(List.of(ALICE, new SavedLogin("work", new UserName("bob"), "/k")), logins);
        assertEquals("home alice keys/alice at home.pem", ALICE.format());
        assertEquals(List.of(), SavedLogin.parseFile(""));
    }

    @Test
    void theNewestLoginComesFirstAndReplacesTheOldOneOfThatUserOnly() throws Exception {
        String text = "work bob /b\nhome alice /old\nhome bob /c\n";
        assertEquals("home alice keys/alice at home.pem\nwork bob /b\nhome bob /c\n", SavedLogin.put(text, ALICE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"home alice", "home", "Home alice /k", "home Alice /k", "home alice /k\tx", "h alice /\u00e9"})
    void otherLinesAreRefusedWithTheirNumber(String line) {
        FormatException e =
                assertThrows(FormatException.class, () -> SavedLogin.parseFile("work bob /b\n" + line + "\n"));
        assertEquals(2, e.line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " /k", "/k\n", "/k\nwork", "/\u00e9"})
    void whatALineCannotHoldIsNoLogin(String file) {
        assertThrows(IllegalArgumentException.class, () -> new SavedLogin("home", new UserName("alice"), file));
    }
}
