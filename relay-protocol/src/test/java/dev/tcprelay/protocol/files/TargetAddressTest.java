package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where servers are, as people write it. */
class TargetAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost:80", "192.0.2.1:25", "[::1]:25", "unix:80", "unix.example:80"})
    void tcpRoundTrips(String text) throws Exception {
        TargetAddress address = TargetAddress.parse(text);
        assertEquals(new TargetAddress.Tcp(HostPort.parse(text)), address);
        assertEquals(text, address.toString());
        assertEquals(address, TargetAddress.parseOrPort(text, "127.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/app.sock", "/80", "/srv/with space:and colon/é", "//x"})
    void unixRoundTrips(String path) throws Exception {
        TargetAddress address = TargetAddress.parse("unix:" + path);
        assertEquals(new TargetAddress.Unix(path), address);
        assertEquals("unix:" + path, address.toString());
        assertEquals(address, TargetAddress.parseOrPort("unix:" + path, "127.0.0.1"));
    }

    @Test
    void aPortAloneIsOnTheKnownHost() throws Exception {
        assertEquals(
                "127.0.0.1:8080", TargetAddress.parseOrPort("8080", "127.0.0.1").toString());
        assertThrows(FormatException.class, () -> TargetAddress.parse("8080"));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:0, port",
        "0, port",
        "[::1], port",
        "::1:25, brackets",
        "unix:, absolute path",
        "unix:app.sock, absolute path",
        "unix:~/app.sock, absolute path",
        "unix:80x, absolute path",
        "'unix:/a\tb', control characters",
        "'unix:/a\0b', control characters"
    })
    void whatIsWrongIsSaid(String text, String part) {
        String message = assertThrows(FormatException.class, () -> TargetAddress.parseOrPort(text, "127.0.0.1"))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aPathFitsIntoTheKernelsAddress() throws Exception {
        String longest = "unix:/" + "x".repeat(106);
        assertEquals(longest, TargetAddress.parse(longest).toString());
        String message = assertThrows(FormatException.class, () -> TargetAddress.parse(longest + "x"))
                .getMessage();
        assertTrue(message.contains("107 bytes, not 108"), message);
        assertThrows(FormatException.class, () -> TargetAddress.parse("unix:/" + "é".repeat(54)));
        assertThrows(IllegalArgumentException.class, () -> new TargetAddress.Unix("x"));
        assertThrows(IllegalArgumentException.class, () -> new TargetAddress.Tcp(new HostPort("a", 0)));
    }
}
