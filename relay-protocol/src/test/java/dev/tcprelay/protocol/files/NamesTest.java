package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, patterns and grants. */
class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "web", "mail-2.example_org", "a-", "a.", "a_"})
    void namesOfTheRuleAreAccepted(String name) throws Exception {
        assertEquals(name, ServerId.of(name).toString());
        assertEquals(name, UserName.of(name).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", ".a", "_a", "a b", "a/b", "a*", "a\n", "a\0", "\u00e4", "a\u212a", "\uff41"})
    void otherNamesAreRefused(String name) {
        assertThrows(FormatException.class, () -> ServerId.of(name));
        assertThrows(FormatException.class, () -> UserName.of(name));
        assertThrows(IllegalArgumentException.class, () -> new ServerId(name));
        assertThrows(IllegalArgumentException.class, () -> new UserName(name));
    }

    @Test
    void aNameHas64CharactersAtMost() throws Exception {
        assertEquals(64, ServerId.of("a".repeat(64)).value().length());
        assertThrows(FormatException.class, () -> ServerId.of("a".repeat(65)));
        assertThrows(FormatException.class, () -> Glob.of("*".repeat(65)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A*", "[a]", "a b", "a,b", "\\*", "{a}", "\u00e9*"})
    void otherPatternsAreRefused(String pattern) {
        assertThrows(FormatException.class, () -> Glob.of(pattern));
        assertThrows(IllegalArgumentException.class, () -> new Glob(pattern));
    }

    @Test
    void starIsAnyRunAndQuestionMarkOneCharacter() throws Exception {
        assertMatch(true, "*", "web");
        assertMatch(true, "web", "web");
        assertMatch(false, "web", "web2");
        assertMatch(false, "web", "aweb");
        assertMatch(true, "web*", "web");
        assertMatch(true, "*web", "my-web");
        assertMatch(true, "w?b", "web");
        assertMatch(false, "w?b", "wb");
        assertMatch(false, "a.c", "abc");
        assertMatch(true, "a*b*c", "a1b2b3c");
        assertMatch(false, "a*b*c", "a1b2c3");
        assertMatch(true, "**?**", "a");
        assertMatch(false, "?*?", "a");
    }

    @Test
    void patternsOf64LiteralsMatchWhole() throws Exception {
        String id = "abcdefgh".repeat(8);
        assertMatch(true, id, id);
        assertMatch(false, id, id.substring(1));
        assertMatch(false, id.substring(0, 63) + "x", id);
        assertMatch(true, "?".repeat(64), id);
        assertMatch(false, "?".repeat(63), id);
        assertMatch(true, "?".repeat(63) + "*", id);
    }

    @Test
    void matchingAgreesWithRegularExpressionsOnRandomPatterns() {
        Random random = new Random(7);
        int matched = 0;
        for (int i = 0; i < 50_000; i++) {
            String pattern = random(random, "ab*?", 1 + random.nextInt(7));
            String id = random(random, "ab", 1 + random.nextInt(8));
            boolean expected = Pattern.matches(pattern.replace("*", ".*").replace("?", "."), id);
            assertEquals(expected, new Glob(pattern).matches(new ServerId(id)), pattern + " " + id);
            matched += expected ? 1 : 0;
        }
        assertTrue(matched > 1000 && matched < 49_000, "both answers are covered: " + matched);
    }

    @Test
    void worstPatternsTakeLinearTime() {
        ServerId id = new ServerId("a".repeat(64));
        Glob stars = new Glob("*a".repeat(31) + "*b");
        Glob doubled = new Glob("*?".repeat(32));
        Glob runs = new Glob("*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*aaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
        // A matcher that backtracks needs about 10^18 steps for one of these.
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 100_000; i++) {
                assertFalse(stars.matches(id));
                assertTrue(doubled.matches(id));
                assertFalse(runs.matches(id));
            }
        });
    }

    @Test
    void grantsAreWhatTheirListsSayAndNothingIsGrantedByDefault() throws Exception {
        ServerId web = ServerId.of("web");
        ServerId mail = ServerId.of("mail");
        Grants grants = new Grants(List.of(Glob.of("web*")), List.of(Glob.of("mail"), Glob.of("x")));
        assertTrue(grants.mayConnect(web));
        assertFalse(grants.mayConnect(mail));
        assertTrue(grants.mayServe(mail));
        assertFalse(grants.mayServe(web));
        assertFalse(Grants.NONE.mayConnect(web));
        assertFalse(Grants.NONE.mayServe(web));
    }

    @Test
    void grantsWithTheSamePatternsAreEqualInAnyOrder() throws Exception {
        Glob a = Glob.of("a");
        Glob b = Glob.of("b*");
        assertEquals(new Grants(List.of(a, b), List.of()), new Grants(List.of(b, a, b), List.of()));
    }

    private static void assertMatch(boolean expected, String pattern, String id) throws FormatException {
        assertEquals(expected, Glob.of(pattern).matches(ServerId.of(id)), pattern + " on " + id);
    }

    private static String random(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
