package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pins of clients and skeletons. */
class KnownRelaysTest {
    private static final KnownRelay HOME = relay("home", 7000, 1, null);
    private static final KnownRelay WORK = relay("work", 8000, 2, Samples.key(3));

    @Test
    void linesReadBackWithAndWithoutANextKey() throws Exception {
        assertEquals(
                "home home.example:7000 home.example:7001 " + Samples.REALM + " x25519:" + Samples.key(1),
                HOME.format());
        assertTrue(WORK.format().endsWith(" next=x25519:" + Samples.key(3)));
        KnownRelays relays = KnownRelays.parse("# my relays\r\n\r\n" + HOME.format() + "\r\n" + WORK.format());
        assertEquals(List.of(HOME, WORK), relays.all());
        assertEquals(Samples.key(1).fingerprint(), relays.all().get(0).fingerprint());
    }

    @Test
    void relaysAreFoundByNameAndByEitherAddress() throws Exception {
        KnownRelays relays = KnownRelays.parse(HOME.format() + "\n" + WORK.format());
        assertEquals(Optional.of(WORK), relays.find("work"));
        assertEquals(Optional.empty(), relays.find("wor"));
        assertEquals(Optional.of(HOME), relays.findByClients(HostPort.parse("HOME.example:7000")));
        assertEquals(Optional.empty(), relays.findByClients(HostPort.parse("home.example:7001")));
        assertEquals(Optional.of(HOME), relays.findBySkeletons(HostPort.parse("home.example:7001")));
        assertEquals(Optional.empty(), relays.findBySkeletons(HostPort.parse("home.example:7000")));
    }

    @Test
    void aRelayIsPutInPlaceOfItsLineOrAtTheEnd() throws Exception {
        String text = "# mine\r\n" + HOME.format() + "\r\n  # other";
        assertEquals(text + "\r\n" + WORK.format() + "\r\n", KnownRelays.put(text, WORK));
        KnownRelay changed = relay("home", 9000, 4, null);
        assertEquals("# mine\r\n" + changed.format() + "\r\n  # other", KnownRelays.put(text, changed));
        assertEquals(WORK.format() + "\n", KnownRelays.put("", WORK));
    }

    @Test
    void aRelayWithTheAddressOfAnotherIsNotPut() {
        KnownRelay office =
                new KnownRelay("office", HOME.clients(), WORK.skeletons(), Samples.REALM, Samples.key(4), null);
        assertRefused(2, "has an address that home has", () -> KnownRelays.put(HOME.format(), office));
        assertRefused(1, "", () -> KnownRelays.put("broken", WORK));
    }

    @Test
    void duplicateNamesAndAddressesAreRefused() {
        String text = HOME.format() + "\n\n";
        assertRefused(3, "home stands on a line before", () -> KnownRelays.parse(text + HOME.format()));
        String sameClients = WORK.format().replace("work.example:8000", "home.example:7000");
        assertRefused(3, "has an address", () -> KnownRelays.parse(text + sameClients));
        String sameSkeletons = WORK.format().replace("work.example:8001", "Home.example:7001");
        assertRefused(3, "has an address", () -> KnownRelays.parse(text + sameSkeletons));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "home",
                "home a:1 a:2 R",
                "Home a:1 a:2 R K",
                "home a a:2 R K",
                "home a:0 a:2 R K",
                "home a:1 a:0 R K",
                "home a:1 a:2 00 K",
                "home a:1 a:2 K R",
                "home a:1 a:2 R K K",
                "home a:1 a:2 R K next=K",
                "home a:1 a:2 R next=K",
                "home a:1 a:2 R K next=x25519:",
                "home a:1 a:2 R K N x",
                "home a:1 a:2 R argon2id-1:K"
            })
    void otherLinesAreRefused(String line) {
        String text = line.replace("R", Samples.REALM.hex())
                .replace("K", "x25519:" + Samples.key(1))
                .replace("N", "next=x25519:" + Samples.key(2));
        assertRefused(2, "", () -> KnownRelays.parse(HOME.format().replace("home", "first") + "\n" + text));
    }

    @Test
    void aLowOrderKeyIsRefusedAsKeyAndAsNextKey() {
        for (byte[] point : Samples.LOW_ORDER) {
            String low = "x25519:" + Samples.base64(point);
            assertRefused(1, "low order", () -> KnownRelays.parse("a b:1 b:2 " + Samples.REALM + " " + low));
            assertRefused(1, "low order", () -> KnownRelays.parse(HOME.format() + " next=" + low));
        }
    }

    @Test
    void aFileHas1000RelaysAtMost() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append(relay("r" + i, 7000, 1, null).format()).append('\n');
        }
        assertEquals(1000, KnownRelays.parse(text.toString()).all().size());
        assertRefused(1001, "more than 1000", () -> KnownRelays.parse(text + HOME.format()));
        assertRefused(0, "too large", () -> KnownRelays.parse("#".repeat((1 << 20) + 1)));
    }

    private static KnownRelay relay(String name, int port, int seed, PublicKey next) {
        String host = name + ".example";
        return new KnownRelay(
                name, new HostPort(host, port), new HostPort(host, port + 1), Samples.REALM, Samples.key(seed), next);
    }

    private static void assertRefused(int line, String why, Executable parse) {
        FormatException refused = assertThrows(FormatException.class, parse);
        assertEquals(line, refused.line(), refused.getMessage());
        assertTrue(refused.problem().contains(why), refused.getMessage());
    }
}
