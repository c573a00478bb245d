package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks as the config of a relay has them. */
class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255",
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, ::ffff:192.0.2.7",
        "192.0.2.0/25, 0:0:0:0:0:ffff:c000:207",
        "0.0.0.0/0, 203.0.113.9",
        "2001:db8::/32, 2001:DB8:ffff::1",
        "2001:db8:0:0:8000::/65, 2001:db8::8000:0:0:1",
        "::/0, 2001:db8::1",
        "::1, 0:0:0:0:0:0:0:1",
        "::ffff:10.0.0.0/104, 10.1.2.3"
    })
    void has(String network, String address) throws FormatException {
        assertTrue(Network.parse(network).contains(address));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 11.0.0.0",
        "10.0.0.0/8, 9.255.255.255",
        "192.0.2.7, 192.0.2.6",
        "192.0.2.0/25, 192.0.2.128",
        "0.0.0.0/0, 2001:db8::1",
        "2001:db8::/32, 2001:db9::",
        "2001:db8:0:0:8000::/65, 2001:db8::1",
        "::/64, 10.0.0.1.example",
        "fe80::/10, fe80::1%eth0",
        "::/0, localhost",
        "::/0, ''"
    })
    void hasNot(String network, String address) throws FormatException {
        assertFalse(Network.parse(network).contains(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08x",
                "::/129",
                "10.0.0/8",
                "10.0.0.256",
                "localhost",
                "example.org/8",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:8:9",
                "10.0.0.0/8/8",
                "010.0.0.0/8"
            })
    void isNone(String text) {
        assertThrows(FormatException.class, () -> Network.parse(text));
    }

    @Test
    void aNetworkWithBitsBehindItsPrefixIsAMistake() {
        FormatException e = assertThrows(FormatException.class, () -> Network.parse("10.1.0.0/8"));
        assertEquals("bits behind the prefix are set; a network is written with its lowest address", e.getMessage());
        assertThrows(FormatException.class, () -> Network.parse("2001:db8::1/64"));
    }
}
