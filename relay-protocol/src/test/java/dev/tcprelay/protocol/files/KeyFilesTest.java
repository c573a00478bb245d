package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.noise.KeyPair;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** relay.key, relay.pem, public keys and fingerprints. */
class KeyFilesTest {
    private static final String REALM_LINE = "Realm: " + Samples.REALM + "\n";
    private static final String RELAY_PEM = REALM_LINE + Samples.OPENSSL_PUBLIC;

    @Test
    void aRelayKeyWrittenByOpensslLoadsAndHasTheFingerprintThatOpensslGives() throws Exception {
        KeyPair pair = RelayKey.parse(Samples.OPENSSL_KEY);
        assertEquals(
                Samples.OPENSSL_FINGERPRINT, PublicKey.of(pair).fingerprint().toString());
        assertEquals(Samples.OPENSSL_KEY, RelayKey.format(pair));
        assertEquals(PublicKey.of(pair), RelayPem.parse(RELAY_PEM).publicKey());
    }

    @Test
    void relayKeyRoundTripsAndTakesCrLf() throws Exception {
        for (int i = 0; i < 20; i++) {
            KeyPair pair = Samples.pair(i);
            String pem = RelayKey.format(pair);
            assertArrayEquals(pair.privateKey(), RelayKey.parse(pem).privateKey());
            assertArrayEquals(
                    pair.privateKey(), RelayKey.parse(pem.replace("\n", "\r\n")).privateKey());
        }
    }

    @Test
    void relayPemRoundTripsAndTakesCrLf() throws Exception {
        RelayPem pem = RelayPem.parse(RELAY_PEM);
        assertEquals(new RelayPem(Samples.REALM, pem.publicKey()), pem);
        assertEquals(RELAY_PEM, pem.format());
        assertEquals(pem, RelayPem.parse(RELAY_PEM.replace("\n", "\r\n")));
        assertEquals(Samples.OPENSSL_FINGERPRINT, pem.fingerprint().toString());
    }

    /** relay.pem: another object identifier is refused. */
    @Test
    void relayPemOfAnotherKindOfKeyIsRefused() {
        String ed25519 = "MCowBQYDK2VwAyEALJPnHDN2G5/VE5ZestwstfxCK1iOOQb8/PT0ShMjR5Q=";
        String x448 = "MEIwBQYDK2VvAzkAIjEXjg3QfS31+TvxIZhUVr8eWSsmrMuuXKn8+/qfs0BA7jK+\n4AJpsePF5xZmnPcLt2juWAglMbA=";
        assertRefused("another kind", REALM_LINE + block(ed25519));
        assertRefused("44 bytes", REALM_LINE + block(x448));
    }

    @Test
    void relayPemWithEveryOtherByteOfItsDerHeaderIsRefused() throws Exception {
        byte[] der = Samples.key(1).spki();
        for (int i = 0; i < 12; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] wrong = der.clone();
                wrong[i] ^= (byte) (1 << bit);
                assertRefused("another kind", REALM_LINE + block(Samples.base64(wrong)));
            }
        }
    }

    @Test
    void relayPemOf43And45BytesOfDerIsRefused() {
        byte[] der = Samples.key(1).spki();
        assertRefused("this has 43", REALM_LINE + block(Samples.base64(Arrays.copyOf(der, 43))));
        assertRefused("this has 45", REALM_LINE + block(Samples.base64(Arrays.copyOf(der, 45))));
    }

    @Test
    void relayPemWithTwoBlocksIsRefused() {
        assertRefused("something follows", RELAY_PEM + Samples.OPENSSL_PUBLIC);
        assertRefused("something follows", RELAY_PEM + "x");
        assertRefused("expected first", REALM_LINE + REALM_LINE + Samples.OPENSSL_PUBLIC);
        assertRefused("expected here", REALM_LINE + Samples.OPENSSL_KEY);
    }

    @Test
    void relayPemOfMoreThan4KiBIsRefused() throws Exception {
        assertEquals(
                Samples.REALM,
                RelayPem.parse(RELAY_PEM + "\n".repeat(4096 - RELAY_PEM.length()))
                        .realm());
        assertRefused("too large", RELAY_PEM + "\n".repeat(4097 - RELAY_PEM.length()));
        assertRefused("too large", RELAY_PEM + " ".repeat(10 << 20));
    }

    @Test
    void relayPemWithALowOrderKeyIsRefused() {
        for (byte[] point : Samples.LOW_ORDER) {
            byte[] der = Samples.key(1).spki();
            System.arraycopy(point, 0, der, 12, 32);
            assertRefused("low order", REALM_LINE + block(Samples.base64(der)));
        }
    }

    @Test
    void relayPemWithADamagedRealmIsRefused() {
        assertRefused("begins with", Samples.OPENSSL_PUBLIC);
        assertRefused("begins with", "realm: " + Samples.REALM + "\n" + Samples.OPENSSL_PUBLIC);
        assertRefused("a realm is", "Realm: " + "0".repeat(31) + "\n" + Samples.OPENSSL_PUBLIC);
        assertRefused("a realm is", "Realm: " + "0".repeat(33) + "\n" + Samples.OPENSSL_PUBLIC);
        assertRefused("a realm is", "Realm: " + "A".repeat(32) + "\n" + Samples.OPENSSL_PUBLIC);
    }

    @Test
    void everyTruncationOfAKeyFileIsRefused() {
        String key = Samples.OPENSSL_KEY.strip();
        for (int i = 0; i < key.length(); i++) {
            String cut = key.substring(0, i);
            assertThrows(FormatException.class, () -> RelayKey.parse(cut));
        }
    }

    @Test
    void aKeyFileOfAnotherKindIsRefusedWithoutShowingIt() {
        String ed25519 = "MC4CAQAwBQYDK2VwBCIEIJTSnDx5sDT3qEoFL7bFChloNa2J8fZYMpPzceRcCH2c";
        String pem = Samples.OPENSSL_KEY.replaceAll("(?m)^MC4.*$", ed25519);
        FormatException refused = assertThrows(FormatException.class, () -> RelayKey.parse(pem));
        assertTrue(refused.getMessage().contains("openssl genpkey -algorithm X25519"), refused.getMessage());
        assertFalse(refused.getMessage().contains("JTSn"), refused.getMessage());
        FormatException encrypted = assertThrows(
                FormatException.class, () -> RelayKey.parse("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"));
        assertTrue(encrypted.getMessage().contains("decrypt"), encrypted.getMessage());
        assertThrows(FormatException.class, () -> RelayKey.parse(Samples.OPENSSL_PUBLIC));
    }

    @Test
    void onlyTheReducedEncodingOfAPublicKeyIsAccepted() throws Exception {
        byte[] key = Samples.key(1).bytes();
        assertEquals(Samples.key(1), PublicKey.of(key));
        key[31] |= (byte) 0x80;
        assertThrows(FormatException.class, () -> PublicKey.of(key));
        // p + 2, the least that is neither reduced nor of low order; p - 2 is the largest coordinate that is not of low
        // order.
        String fs = "f".repeat(60);
        assertThrows(FormatException.class, () -> PublicKey.of(Samples.hex("ef" + fs + "7f")));
        assertEquals(32, PublicKey.of(Samples.hex("eb" + fs + "7f")).bytes().length);
    }

    @Test
    void fingerprintsAreReadWithAndWithoutPadding() throws Exception {
        Fingerprint fingerprint = Fingerprint.parse(Samples.OPENSSL_FINGERPRINT);
        assertEquals(Samples.OPENSSL_FINGERPRINT, fingerprint.toString());
        assertEquals(fingerprint, Fingerprint.parse(Samples.OPENSSL_FINGERPRINT.replace("=", "")));
        assertEquals(
                fingerprint.hashCode(), RelayPem.parse(RELAY_PEM).fingerprint().hashCode());
        assertNotEquals(fingerprint, Samples.key(1).fingerprint());
        assertEquals("978ad990118cc44a279d5eccdb21e738", HexFormat.of().formatHex(fingerprint.keyId()));
    }

    @Test
    void otherFingerprintsAreRefused() {
        String base64 = Samples.OPENSSL_FINGERPRINT.substring(7);
        for (String wrong : List.of(
                "",
                base64,
                "sha256:" + base64,
                "SHA256:",
                "SHA256:" + base64 + "=",
                "SHA256: " + base64,
                "SHA256:" + base64.replace("4Q=", "4R="),
                "SHA256:" + base64.replace('l', '-'),
                "MD5:00")) {
            assertThrows(FormatException.class, () -> Fingerprint.parse(wrong), wrong);
        }
    }

    private static String block(String base64) {
        return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
    }

    private static void assertRefused(String why, String text) {
        FormatException refused = assertThrows(FormatException.class, () -> RelayPem.parse(text));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }
}
