package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The users file as a table: what is read and what keeps a relay from loading it. */
class UsersTest {
    private static final String ALICE = "alice argon2id-1:" + Samples.key(1);
    private static final String BOB = "bob x25519:" + Samples.key(2);

    @Test
    void aFileIsReadWithCommentsInAnyScriptAndFieldsInAnyOrder() throws Exception {
        Users users = parse("# Gr\u00fc\u00dfe \u7528\u6237\r\n\r\n" + ALICE + " serve=x connect=web*,a\r\n  # more\n\t"
                + BOB + "\t disabled  connect=\n");
        User alice = users.find(new UserName("alice")).orElseThrow();
        User bob = users.find(new UserName("bob")).orElseThrow();
        assertEquals(UserKey.Kind.PASSWORD, alice.key().kind());
        assertEquals(Samples.key(1), alice.key().publicKey());
        assertTrue(alice.grants().mayConnect(new ServerId("web-1")));
        assertTrue(alice.grants().mayServe(new ServerId("x")));
        assertFalse(alice.grants().mayServe(new ServerId("web")));
        assertFalse(alice.disabled());
        assertEquals(new User(new UserName("bob"), UserKey.parse("x25519:" + Samples.key(2)), Grants.NONE, true), bob);
        assertEquals(List.of(alice, bob), List.copyOf(users.all()));
        assertEquals(Optional.of(bob), users.byPublicKey(Samples.key(2)));
        assertEquals(Optional.empty(), users.byPublicKey(Samples.key(3)));
        assertEquals(Optional.empty(), users.find(new UserName("carol")));
    }

    @Test
    void theCanonicalLineHasAllFieldsAndSortedPatternsAndReadsBack() throws Exception {
        User user = one(BOB + "  disabled serve=s connect=b,*,a");
        String line = "bob x25519:" + Samples.key(2) + " connect=*,a,b serve=s disabled";
        assertEquals(line, user.canonicalLine());
        assertEquals(user, one(line));
        assertEquals(
                "alice argon2id-1:" + Samples.key(1) + " connect= serve=",
                one(ALICE).canonicalLine());
    }

    @Test
    void theGenerationIsTheBeginningOfTheHashOfTheCanonicalLine() throws Exception {
        User user = one(ALICE + " connect=a");
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(user.canonicalLine().getBytes(StandardCharsets.US_ASCII));
        assertEquals(ByteBuffer.wrap(digest, 0, 8).getLong(), user.generation());
        for (String other : List.of(ALICE, ALICE + " connect=b", ALICE + " serve=a", ALICE + " connect=a disabled")) {
            assertNotEquals(user.generation(), one(other).generation(), other);
        }
        assertNotEquals(
                user.generation(),
                one(ALICE.replace("argon2id-1", "x25519") + " connect=a").generation());
    }

    @Test
    void filesThatMeanTheSameHaveTheSameHash() throws Exception {
        Users users = parse(ALICE + " connect=a,b\n" + BOB);
        assertEquals(
                users.hash(),
                parse("# x\n" + BOB + " connect=\n" + ALICE + "  serve= connect=b,a\n")
                        .hash());
        assertNotEquals(users.hash(), parse(ALICE + " connect=a,b\n").hash());
        assertNotEquals(users.hash(), parse(ALICE + " connect=a\n" + BOB).hash());
        assertEquals(parse("").hash(), Users.empty().hash());
        assertEquals(64, users.hash().length());
    }

    @Test
    void aDuplicateNameIsRefused() {
        assertRefused(3, "alice stands on a line before", ALICE + "\n\nalice x25519:" + Samples.key(3));
    }

    @Test
    void aDuplicateKeyIsRefused() {
        assertRefused(2, "same key as alice", ALICE + "\ncarol x25519:" + Samples.key(1));
    }

    @Test
    void theRelaysOwnKeyIsRefused() {
        FormatException refused = assertThrows(
                FormatException.class, () -> Users.parse("#\n" + ALICE + "\n" + BOB, Set.of(Samples.key(2))));
        assertEquals(3, refused.line());
        assertTrue(refused.getMessage().contains("the relay's own"), refused.getMessage());
    }

    @Test
    void aLowOrderKeyIsRefusedInEveryEncoding() {
        for (byte[] point : Samples.LOW_ORDER) {
            assertRefused(2, "low order", BOB + "\nmallory x25519:" + Samples.base64(point));
        }
    }

    @Test
    void anotherEncodingOfAKeyIsRefusedSoThatADuplicateCannotHide() {
        byte[] key = Samples.key(1).bytes();
        key[31] |= (byte) 0x80;
        assertRefused(2, "canonical encoding", ALICE + "\ncarol x25519:" + Samples.base64(key));
    }

    @Test
    void keysOf31And33BytesAndBadBase64AreRefused() {
        byte[] key = Samples.key(1).bytes();
        assertRefused(1, "32 bytes, not 31", "a x25519:" + Samples.base64(Arrays.copyOf(key, 31)));
        assertRefused(1, "32 bytes, not 33", "a x25519:" + Samples.base64(Arrays.copyOf(key, 33)));
        String base64 = Samples.base64(key);
        assertRefused(1, "44 characters, not 43", "a x25519:" + base64.substring(0, 43));
        assertRefused(1, "not base64", "a x25519:" + base64.replace(base64.charAt(5), '-'));
        char last = base64.charAt(42);
        assertRefused(1, "not canonical", "a x25519:" + base64.substring(0, 42) + (char) (last + 1) + "=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5:", "x25519", "", "argon2id-2:", "X25519:", "argon2id-1"})
    void otherKindsOfKeysAreRefused(String kind) {
        assertRefused(1, "", "a " + kind + Samples.key(1));
    }

    @Test
    void aLineWithoutAKeyIsRefused() {
        assertRefused(1, "the key is missing", "alice");
        assertRefused(1, "user name", "Alice " + BOB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin",
                "conect=a",
                "Connect=a",
                "disabled=",
                "disabled=true",
                "# comment",
                "connect =a",
                "connect",
                "=",
                "=a",
                "connect=a, b"
            })
    void unknownFieldsAreRefused(String field) {
        assertRefused(2, "", BOB + "\n" + ALICE + " " + field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect=a connect=b", "serve= serve=", "disabled disabled", "connect=a,a"})
    void repetitionsAreRefused(String fields) {
        assertRefused(1, "twice", ALICE + " " + fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect=A", "serve=[a]", "connect=a,", "connect=,", "serve=a,,b", "serve=a;b"})
    void badPatternsAreRefused(String field) {
        assertRefused(1, "pattern", ALICE + " " + field);
    }

    @Test
    void patternsHaveALimit() throws Exception {
        StringBuilder globs = new StringBuilder("g0");
        for (int i = 1; i < 256; i++) {
            globs.append(",g").append(i);
        }
        assertEquals(256, one(ALICE + " serve=" + globs).grants().serve().size());
        assertRefused(1, "more than 256", ALICE + " serve=" + globs + ",g256");
        assertRefused(1, "64 characters", ALICE + " serve=" + "a".repeat(65));
    }

    @Test
    void controlCharactersOtherScriptsAndByteOrderMarksAreRefused() {
        assertRefused(2, "control character", BOB + "\n" + ALICE + " \0");
        assertRefused(1, "control character", "# \u001b[2J\n" + BOB);
        assertRefused(1, "control character", BOB + "\r" + ALICE);
        assertRefused(1, "not ASCII", ALICE + " connect=\u00e4");
        assertRefused(1, "not ASCII", ALICE + "\u00a0disabled");
        assertRefused(1, "byte order mark", "\uFEFF" + ALICE);
    }

    @Test
    void filesThatAreTooLargeAreRefused() throws Exception {
        String comment = "#" + "x".repeat((1 << 20) - 1);
        assertEquals(0, parse(comment).all().size());
        assertRefused(0, "too large", comment + "x");
        assertEquals(1, parse("\n".repeat(99_999) + ALICE).all().size());
        assertRefused(0, "too many lines", "\n".repeat(100_000) + ALICE);
    }

    @Test
    void messagesDoNotRepeatWhatMayBeASecretInTheWrongPlace() {
        for (String text :
                List.of("s3cret/PASS x", "alice s3cret/PASS", "alice x25519:s3cret/PASS", ALICE + " s3cret/PASS")) {
            FormatException refused = assertThrows(FormatException.class, () -> parse(text));
            assertFalse(refused.toString().contains("s3cret"), refused.toString());
        }
    }

    private static Users parse(String text) throws FormatException {
        return Users.parse(text, Set.of());
    }

    private static User one(String line) throws FormatException {
        return parse(line).all().iterator().next();
    }

    private static void assertRefused(int line, String why, String text) {
        FormatException refused = assertThrows(FormatException.class, () -> parse(text));
        assertEquals(line, refused.line(), refused.getMessage());
        assertTrue(refused.problem().contains(why), refused.getMessage());
        assertEquals(line == 0 ? refused.problem() : "line " + line + ": " + refused.problem(), refused.getMessage());
    }
}
