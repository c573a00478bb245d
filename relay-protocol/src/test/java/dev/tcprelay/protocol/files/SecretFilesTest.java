package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of psks and cluster keys. */
class SecretFilesTest {
    private static final String FIRST = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String SECOND = "/////////////////////////////////////////v8=";

    @Test
    void aFileHoldsOneSecretOrTwoInOrder() throws Exception {
        byte[] first = new byte[32];
        for (int i = 0; i < 32; i++) {
            first[i] = (byte) i;
        }
        List<Psk> one = Psk.parseFile("tcprelay-psk-1:" + FIRST);
        assertArrayEquals(first, one.get(0).bytes());
        String two = "# for the web server\r\n\r\n tcprelay-psk-1:" + SECOND + "\r\ntcprelay-psk-1:" + FIRST + " \n";
        assertEquals(one.get(0), Psk.parseFile(two).get(1));
        assertEquals(2, Psk.parseFile(two).size());
        String keys = two.replace("psk", "cluster");
        assertArrayEquals(first, ClusterKey.parseFile(keys).get(1).bytes());
        assertEquals(
                "tcprelay-cluster-1:" + SECOND,
                ClusterKey.parseFile(keys).get(0).format());
    }

    @Test
    void generatedSecretsRoundTripAndDiffer() throws Exception {
        SecureRandom random = new SecureRandom();
        Psk psk = Psk.generate(random);
        ClusterKey key = ClusterKey.generate(random);
        assertEquals(List.of(psk), Psk.parseFile(psk.format() + "\n"));
        assertEquals(List.of(key), ClusterKey.parseFile(key.format() + "\n"));
        assertEquals(psk, Psk.of(psk.bytes()));
        assertEquals(psk.hashCode(), Psk.of(psk.bytes()).hashCode());
        assertNotEquals(psk, Psk.generate(random));
        assertNotEquals(key, ClusterKey.generate(random));
        assertThrows(IllegalArgumentException.class, () -> Psk.of(new byte[31]));
        assertThrows(IllegalArgumentException.class, () -> ClusterKey.of(new byte[33]));
    }

    @Test
    void secretsAreNotShown() throws Exception {
        Psk psk = Psk.parseFile("tcprelay-psk-1:" + FIRST).get(0);
        ClusterKey key = ClusterKey.parseFile("tcprelay-cluster-1:" + FIRST).get(0);
        assertEquals("Psk[hidden] ClusterKey[hidden]", psk + " " + key);
    }

    @Test
    void changingWhatBytesReturnsChangesNoSecret() throws Exception {
        Psk psk = Psk.parseFile("tcprelay-psk-1:" + FIRST).get(0);
        psk.bytes()[0] ^= 1;
        assertEquals("tcprelay-psk-1:" + FIRST, psk.format());
    }

    /**
     * A psk file with 31 bytes, non-canonical base64 or a passphrase is refused with a hint to the command that makes
     * one.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-=",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBka GxwdHh8=",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd====",
                "correct horse battery staple",
                ""
            })
    void anythingButTheBase64Of32BytesIsRefusedWithAHint(String wrong) {
        for (String text : List.of("tcprelay-psk-1:" + wrong, "# psk\n\n" + wrong, "tcprelay-psk-2:" + wrong)) {
            FormatException refused = assertThrows(FormatException.class, () -> Psk.parseFile(text));
            assertTrue(refused.getMessage().contains("relay psk new ID"), refused.getMessage());
            assertFalse(
                    wrong.length() > 3 && refused.getMessage().contains(wrong.substring(0, 4)), refused.getMessage());
        }
        FormatException refused =
                assertThrows(FormatException.class, () -> ClusterKey.parseFile("tcprelay-cluster-1:" + wrong));
        assertTrue(refused.getMessage().contains("openssl rand -base64 32"), refused.getMessage());
    }

    @Test
    void aSecretOfTheOtherKindIsRefused() {
        assertThrows(FormatException.class, () -> Psk.parseFile("tcprelay-cluster-1:" + FIRST));
        assertThrows(FormatException.class, () -> ClusterKey.parseFile("tcprelay-psk-1:" + FIRST));
    }

    @Test
    void threeSecretsOrNoneAreRefused() {
        String line = "tcprelay-psk-1:" + FIRST + "\n";
        FormatException refused = assertThrows(FormatException.class, () -> Psk.parseFile(line + "\n" + line + line));
        assertEquals(4, refused.line());
        assertThrows(FormatException.class, () -> Psk.parseFile(""));
        assertThrows(FormatException.class, () -> Psk.parseFile("# " + line));
        assertThrows(FormatException.class, () -> Psk.parseFile(line + "#".repeat(4096)));
    }
}
