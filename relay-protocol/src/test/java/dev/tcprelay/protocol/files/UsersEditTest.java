package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Edits of the text of a users file. */
class UsersEditTest {
    private static final String ALICE = "  alice   argon2id-1:" + Samples.key(1) + "  serve=x";
    private static final String BOB = "bob x25519:" + Samples.key(2) + " connect=a";
    private static final User CAROL = new User(
            new UserName("carol"),
            new UserKey(UserKey.Kind.X25519, Samples.key(3)),
            new Grants(List.of(new Glob("web*")), List.of()),
            false);

    @Test
    void aUserIsAddedAtTheEndWithTheLineEndOfTheFile() throws Exception {
        String line = CAROL.canonicalLine();
        assertEquals(line + "\n", Users.add("", CAROL));
        assertEquals("# x\n" + ALICE + "\n" + line + "\n", Users.add("# x\n" + ALICE, CAROL));
        assertEquals(ALICE + "\r\n\r\n" + line + "\r\n", Users.add(ALICE + "\r\n\r\n", CAROL));
        assertEquals(
                CAROL,
                Users.parse(Users.add(BOB, CAROL), Set.of()).find(CAROL.name()).orElseThrow());
    }

    @Test
    void aUserWhoseNameOrKeyIsThereIsNotAdded() throws Exception {
        String text = Users.add(ALICE, CAROL);
        assertTrue(refused(() -> Users.add(text, CAROL)).contains("carol exists already"));
        User twin = new User(new UserName("dave"), CAROL.key(), Grants.NONE, false);
        assertTrue(refused(() -> Users.add(text, twin)).contains("same key as carol"));
    }

    @Test
    void aUserIsRemovedAndEverythingElseStays() throws Exception {
        String text = "# alice and bob\r\n" + ALICE + "\r\n\n# bob\n" + BOB;
        assertEquals("# alice and bob\r\n\n# bob\n" + BOB, Users.remove(text, new UserName("alice")));
        assertEquals("# alice and bob\r\n" + ALICE + "\r\n\n# bob\n", Users.remove(text, new UserName("bob")));
        assertTrue(refused(() -> Users.remove(text, new UserName("al"))).contains("no user al"));
    }

    @Test
    void aUserIsDisabledAndEnabledInPlace() throws Exception {
        UserName bob = new UserName("bob");
        String text = "#\r\n" + BOB + "\r\n" + ALICE;
        String disabled = Users.disable(text, bob, true);
        assertEquals("#\r\n" + BOB + " serve= disabled\r\n" + ALICE, disabled);
        assertSame(disabled, Users.disable(disabled, bob, true));
        assertEquals("#\r\n" + BOB + " serve=\r\n" + ALICE, Users.disable(disabled, bob, false));
        assertTrue(
                refused(() -> Users.disable(text, new UserName("carol"), true)).contains("no user carol"));
    }

    @Test
    void aUserNamedLikeAFieldIsFoundByItsName() throws Exception {
        User odd = new User(new UserName("disabled"), CAROL.key(), Grants.NONE, false);
        String text = Users.add(BOB + " disabled\n", odd);
        assertEquals(
                BOB + " disabled\n" + odd.disabled(true).canonicalLine() + "\n", Users.disable(text, odd.name(), true));
    }

    @Test
    void aFileThatDoesNotLoadIsNotEdited() {
        String broken = BOB + "\nalice\n";
        for (Edit edit : List.<Edit>of(
                () -> Users.add(broken, CAROL),
                () -> Users.remove(broken, new UserName("bob")),
                () -> Users.disable(broken, new UserName("bob"), true))) {
            assertTrue(refused(edit).startsWith("line 2: "));
        }
        String full = "#" + "x".repeat((1 << 20) - 1);
        assertTrue(refused(() -> Users.add(full, CAROL)).contains("too large"));
    }

    /** An edit that may be refused. */
    private interface Edit {
        String apply() throws FormatException;
    }

    private static String refused(Edit edit) {
        return String.valueOf(assertThrows(FormatException.class, edit::apply).getMessage());
    }
}
