package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as people write them. */
class HostPortTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:7000", "relay.example.org:1", "a_b-c.d:65535", "192.0.2.1:0", "xn--bcher-kva.example:80",
                "[::1]:7000", "[::]:7000", "[2001:db8:0:1:1:1:1:1]:7000", "[fe80::1]:22", "[::ffff:192.0.2.1]:22",
                "[1:2:3:4:5:6:7::]:1", "example.org.:25", "1.example:25"
            })
    void addressesRoundTrip(String text) throws Exception {
        assertEquals(text, HostPort.parse(text).toString());
        assertEquals(HostPort.parse(text), HostPort.parseOrPort(text, "127.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "a",
                "7000",
                ":7000",
                "a:",
                "a:b",
                "a:-1",
                "a:+1",
                "a:65536",
                "a:099",
                "a:00",
                "a:1 ",
                " a:1",
                "a b:1",
                "::1:7000",
                "[::1]",
                "[::1]7000",
                "[a]:1",
                "[]:1",
                "[:]:1",
                "[:::]:1",
                "[1::2::3]:1",
                "[1:2:3:4:5:6:7]:1",
                "[1:2:3:4:5:6:7:8:9]:1",
                "[1:2:3:4:5:6:7:8::]:1",
                "[12345::]:1",
                "[g::]:1",
                "[::1%eth0]:1",
                "[192.0.2.1::]:1",
                "[::192.0.2.256]:1",
                "[[::1]]:1",
                "a..b:1",
                ".a:1",
                "a.-b:1",
                "a-.b:1",
                "a/b:1",
                "u@a:1",
                "a\0:1",
                "1.2.3:1",
                "1.2.3.4.5:1",
                "256.1.1.1:1",
                "01.1.1.1:1",
                "1.2.3.4.:1",
                "1:1",
                "\u00e9:1",
                "a:\u0661",
                "a:123456"
            })
    void anythingElseIsRefused(String text) {
        assertThrows(FormatException.class, () -> HostPort.parse(text));
    }

    @Test
    void aPortAloneTakesTheDefaultHost() throws Exception {
        assertEquals(new HostPort("::1", 7000), HostPort.parseOrPort("7000", "::1"));
        assertEquals("[::1]:7000", HostPort.parseOrPort("7000", "::1").toString());
        assertThrows(FormatException.class, () -> HostPort.parseOrPort("a", "::1"));
        assertThrows(FormatException.class, () -> HostPort.parseOrPort("", "::1"));
        assertThrows(FormatException.class, () -> HostPort.parseOrPort(":1", "::1"));
    }

    @Test
    void hostsDifferNotByCase() throws Exception {
        assertEquals(HostPort.parse("relay.example:1"), HostPort.parse("Relay.EXAMPLE:1"));
        assertEquals(HostPort.parse("[::ab]:1"), new HostPort("::AB", 1));
    }

    @Test
    void hostsHaveALimit() throws Exception {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);
        assertEquals(longest, HostPort.parse(longest + ":1").host());
        assertThrows(FormatException.class, () -> HostPort.parse(longest + "a:1"));
        assertThrows(FormatException.class, () -> HostPort.parse(label + "a:1"));
    }

    @Test
    void theConstructorTakesOnlyWhatCanBeWritten() {
        assertThrows(IllegalArgumentException.class, () -> new HostPort("[::1]", 1));
        assertThrows(IllegalArgumentException.class, () -> new HostPort("a b", 1));
        assertThrows(IllegalArgumentException.class, () -> new HostPort("a", -1));
        assertThrows(IllegalArgumentException.class, () -> new HostPort("a", 65_536));
    }
}
