package dev.tcprelay.client;

import static dev.tcprelay.client.ProxyTalk.ascii;
import static dev.tcprelay.client.ProxyTalk.concat;
import static dev.tcprelay.client.ProxyTalk.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.client.ProxyTalk.Outcome;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKS5 on the proxy port: every reply to the byte, and every field wrong in turn. */
class Socks5Test {
    private static final byte[] GREETING = hex("05 01 00");
    private static final ProxyCredentials ALICE = new ProxyCredentials("alice", "secret");

    private static byte[] request(String name, int port) {
        byte[] host = ascii(name);
        return concat(
                hex("05 01 00 03"), new byte[] {(byte) host.length}, host, new byte[] {(byte) (port >> 8), (byte) port
                });
    }

    private static byte[] password(String name, String password) {
        return concat(
                new byte[] {1, (byte) name.length()},
                ascii(name),
                new byte[] {(byte) password.length()},
                ascii(password));
    }

    private static void assertFails(String reply, ProxyCredentials credentials, byte[]... sent) {
        Outcome outcome = ProxyTalk.whole(credentials, concat(sent));
        assertEquals("fail", outcome.kind());
        assertArrayEquals(hex(reply), ascii(outcome.reply()));
        assertEquals(outcome, ProxyTalk.byteByByte(credentials, concat(sent)));
    }

    @Test
    void aNameAndPortAreHandedOnUntouchedWithTheBytesThatFollow() {
        byte[] sent = concat(hex("05 03 02 00 01"), request("Web-1.RELAY.", 0xC0A1), ascii("\u0005\u0000early\u00ff"));
        Outcome outcome = ProxyTalk.whole(null, sent);
        assertEquals(
                new Outcome("connect", "\u0005\u0000", "Web-1.RELAY.", 0xC0A1, "\u0005\u0000early\u00ff", ""), outcome);
        assertEquals(outcome, ProxyTalk.byteByByte(null, sent));
    }

    @Test
    void theMethodIsAnsweredBeforeTheRequestComes() {
        Outcome outcome = ProxyTalk.whole(null, GREETING);
        assertEquals(new Outcome("more", "\u0005\u0000", "", 0, "", ""), outcome);
    }

    @Test
    void theLongestNameAndTheOuterPortsPass() {
        for (int port : new int[] {1, 255, 256, 65535}) {
            Outcome outcome = ProxyTalk.whole(null, concat(GREETING, request("x".repeat(255), port)));
            assertEquals(255, outcome.host().length());
            assertEquals(port, outcome.port());
        }
    }

    @Test
    void bytesOfANameOutsideAsciiArriveOneCharEach() {
        assertEquals(
                "\u0000\u00e4\u00ff",
                ProxyTalk.whole(null, concat(GREETING, request("\u0000\u00e4\u00ff", 1)))
                        .host());
    }

    @ParameterizedTest
    @ValueSource(strings = {"05 00", "05 01 02", "05 02 01 02", "05 01 ff"})
    void noAcceptableMethodIsAnsweredSo(String greeting) {
        assertFails("05 ff", null, hex(greeting));
    }

    @ParameterizedTest
    @ValueSource(strings = {"05 00", "05 01 00", "05 02 00 01"})
    void noMethodButThePasswordIsAcceptableWhereOneIsAskedFor(String greeting) {
        assertFails("05 ff", ALICE, hex(greeting));
    }

    @Test
    void theRightPasswordOpensTheRequest() {
        byte[] sent = concat(hex("05 02 00 02"), password("alice", "secret"), request("web", 80), ascii("x"));
        Outcome outcome = ProxyTalk.whole(ALICE, sent);
        assertEquals(new Outcome("connect", "\u0005\u0002\u0001\u0000", "web", 80, "x", ""), outcome);
        assertEquals(outcome, ProxyTalk.byteByByte(ALICE, sent));
    }

    @ParameterizedTest
    @CsvSource({
        "alice,secreT",
        "alicE,secret",
        "alice,secret2",
        "alice,secre",
        "alice,''",
        "'',secret",
        "'',''",
        "secret,alice"
    })
    void anyOtherPasswordIsRefusedEvenWithARequestBehindIt(String name, String password) {
        assertFails("05 02 01 01", ALICE, hex("05 01 02"), password(name, password), request("web", 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "02", "05", "ff"})
    void aPasswordOfAnotherVersionIsRefusedAtItsFirstByte(String version) {
        assertFails("05 02 01 01", ALICE, hex("05 01 02"), hex(version));
    }

    @ParameterizedTest
    @CsvSource({
        "04 01 00 03 01 78 00 50, 01", // version
        "00, 01",
        "05 00 00 03 01 78 00 50, 07", // command
        "05 02 00 03 01 78 00 50, 07",
        "05 03 00 01 7f 00 00 01 00 50, 07",
        "05 ff 00 03 01 78 00 50, 07",
        "05 01 01 03 01 78 00 50, 01", // reserved
        "05 01 ff 03 01 78 00 50, 01",
        "05 01 00 01 7f 00 00 01 00 50, 08", // address type
        "05 01 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 50, 08",
        "05 01 00 00, 08",
        "05 01 00 02, 08",
        "05 01 00 05, 08",
        "05 01 00 ff, 08",
        "05 01 00 03 00 00 50, 01", // empty name
        "05 01 00 03 01 78 00 00, 01", // port 0
    })
    void aWrongFieldOfTheRequestIsRefusedWithItsCode(String request, String code) {
        assertFails("05 00 05 " + code + " 00 01 00 00 00 00 00 00", null, GREETING, hex(request));
    }

    @Test
    void aRefusalWaitsForTheLastByteOfTheRequest() {
        byte[] request = hex("05 02 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 50");
        byte[] sent = concat(GREETING, request);
        for (int length = GREETING.length; length < sent.length; length++) {
            assertEquals(
                    "more", ProxyTalk.whole(null, Arrays.copyOf(sent, length)).kind());
        }
        assertEquals("fail", ProxyTalk.whole(null, sent).kind());
    }

    @Test
    void aNegotiationOfTheLimitPassesAndOneByteMoreIsRefused() {
        String name = "n".repeat(255);
        String secret = "p".repeat(255);
        ProxyCredentials longest = new ProxyCredentials(name, secret);
        // 257 bytes of methods, 513 of password, so 254 are left for a request of 7 and its name.
        byte[] opening = concat(hex("05 ff"), new byte[254], hex("02"), password(name, secret));
        byte[] limit = concat(opening, request("x".repeat(247), 80));
        assertEquals(Socks5.LIMIT, limit.length);
        assertEquals(
                "connect",
                ProxyTalk.whole(longest, concat(limit, ascii("e".repeat(5000)))).kind());
        assertFails(
                "05 02 01 00 05 01 00 01 00 00 00 00 00 00", longest, concat(opening, request("x".repeat(248), 80)));
    }

    @Test
    void successIsOneReply() {
        ProxyTalk talk = new ProxyTalk(null).feed(concat(GREETING, request("web", 80)));
        assertArrayEquals(hex("05 00 00 01 00 00 00 00 00 00"), talk.request.success());
        assertThrows(IllegalStateException.class, talk.request::success, "answered twice");
    }

    @ParameterizedTest
    @EnumSource(ProxyFailure.class)
    void everyFailureHasItsCode(ProxyFailure failure) {
        ProxyTalk talk = new ProxyTalk(null).feed(concat(GREETING, request("web", 80)));
        int code = switch (failure) {
            case OTHER -> 1;
            case DENIED -> 2;
            case RELAY_DOWN -> 3;
            case NOT_AVAILABLE, UNREACHABLE -> 4;
            case REFUSED -> 5;
            case TIMED_OUT -> 6;
            case COMMAND -> 7;
            case ADDRESS_TYPE -> 8;
        };
        assertArrayEquals(new byte[] {5, (byte) code, 0, 1, 0, 0, 0, 0, 0, 0}, talk.request.failure(failure));
        assertThrows(IllegalStateException.class, () -> talk.request.failure(failure), "answered twice");
    }
}
