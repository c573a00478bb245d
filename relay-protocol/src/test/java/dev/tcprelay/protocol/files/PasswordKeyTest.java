package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Password keys; the expected values were computed by the reference implementation of Argon2 (argon2-cffi 25, Python).
 */
class PasswordKeyTest {
    private static final String BOB = "fa29fc6d3571256674e5ca9d8cc4c6f6c2c89521d9b514f102ab4ce3e7ff30b6";

    /** RFC 9106 section 5.3. */
    @Test
    void argon2idOfTheRfc() {
        byte[] tag = new byte[32];
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(3)
                .withParallelism(4)
                .withMemoryAsKB(32)
                .withSalt(HexFormat.of().parseHex("02".repeat(16)))
                .withSecret(HexFormat.of().parseHex("03".repeat(8)))
                .withAdditional(HexFormat.of().parseHex("04".repeat(12)))
                .build());
        argon2.generateBytes(HexFormat.of().parseHex("01".repeat(32)), tag);
        assertEquals(
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
                HexFormat.of().formatHex(tag));
    }

    @Test
    void aPasswordGivesTheKeyThatTheReferenceImplementationGives() throws Exception {
        char[] password = "correct horse battery staple".toCharArray();
        var pair = PasswordKey.derive(password, Samples.REALM, new UserName("alice"));
        assertEquals(
                "559e5ff599b19161e432a136c8f1860ac07704447273afdbc494f738893affbc",
                HexFormat.of().formatHex(pair.privateKey()));
        assertEquals(
                "85e55194f30779bfc76ad92433d02a52b749fa71587d1e888ad7a13c5873e051",
                HexFormat.of().formatHex(pair.publicKey()));
        assertArrayEquals("correct horse battery staple".toCharArray(), password);
    }

    @Test
    void theLongestPasswordAndNameGiveTheKeyThatTheReferenceImplementationGives() throws Exception {
        assertEquals(
                "369fcda69aa70f0b21e45b1065fd5a5fb8091aef3eca19f1813d6917d4f1e22f",
                derive("x".repeat(1024), new Realm("ff".repeat(16)), "a".repeat(64)));
    }

    @Test
    void composedAndDecomposedCharactersAreTheSamePassword() throws Exception {
        assertEquals(BOB, derive("p\u00e4ssw\u00f6rd \ud83d\udd11", Samples.REALM, "bob"));
        assertEquals(BOB, derive("pa\u0308sswo\u0308rd \ud83d\udd11", Samples.REALM, "bob"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1234567", "\u00e4\u00e4\u00e4", "a\u0308a\u0308a\u0308"})
    void passwordsOfLessThan8BytesAreRefused(String password) {
        assertRefused(password);
    }

    @Test
    void passwordsOfMoreThan1024BytesAreRefused() {
        assertRefused("x".repeat(1025));
        assertRefused("\u00e4".repeat(513));
        assertRefused("x".repeat(10 << 20));
    }

    @Test
    void halfACharacterIsRefusedInsteadOfBeingReplaced() {
        assertRefused("password\ud83d");
        assertRefused("\udd11password");
    }

    private static String derive(String password, Realm realm, String user) throws FormatException {
        var pair = PasswordKey.derive(password.toCharArray(), realm, new UserName(user));
        return HexFormat.of().formatHex(pair.privateKey());
    }

    private static void assertRefused(String password) {
        FormatException refused = assertThrows(FormatException.class, () -> derive(password, Samples.REALM, "alice"));
        assertFalse(!password.isEmpty() && refused.getMessage().contains(password), "the password is not shown");
    }
}
