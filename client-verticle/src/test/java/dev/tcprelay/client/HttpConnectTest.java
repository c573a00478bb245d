package dev.tcprelay.client;

import static dev.tcprelay.client.ProxyTalk.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.client.ProxyTalk.Outcome;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP CONNECT on the proxy port: what passes, and every part wrong in turn. */
class HttpConnectTest {
    private static final ProxyCredentials ALICE = new ProxyCredentials("alice", "se:cret");

    private static Outcome talk(ProxyCredentials credentials, String sent) {
        Outcome outcome = ProxyTalk.whole(credentials, ascii(sent));
        assertEquals(outcome, ProxyTalk.byteByByte(credentials, ascii(sent)));
        return outcome;
    }

    private static void assertStatus(int status, Outcome outcome) {
        assertEquals("fail", outcome.kind());
        assertResponse(status, outcome.reply());
    }

    /** One complete response: a status, a length that is true, and a body of one line. */
    private static void assertResponse(int status, String reply) {
        assertTrue(reply.startsWith("HTTP/1.1 " + status + " "), reply);
        int blank = reply.indexOf("\r\n\r\n");
        String head = reply.substring(0, blank + 2);
        String body = reply.substring(blank + 4);
        assertTrue(head.contains("\r\nConnection: close\r\n"), head);
        assertTrue(head.contains("\r\nContent-Type: text/plain; charset=us-ascii\r\n"), head);
        assertTrue(head.contains("\r\nContent-Length: " + body.length() + "\r\n"), head);
        assertTrue(body.length() > 20 && body.indexOf('\n') == body.length() - 1, body);
        assertTrue(reply.chars().allMatch(c -> c < 0x7f), reply);
    }

    private static String basic(String pair) {
        return "CONNECT web:80 HTTP/1.1\r\nProxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(ascii(pair)) + "\r\n\r\n";
    }

    @Test
    void aHostAndPortAreHandedOnUntouchedWithTheBytesThatFollow() {
        String head =
                "CONNECT Web-1.RELAY.:443 HTTP/1.1\r\nHost: other:1\r\nUser-Agent: \u0085\u00e4\r\nEmpty:\r\n\r\n";
        assertEquals(
                new Outcome("connect", "", "Web-1.RELAY.", 443, "\r\n\u0016early\u00ff", ""),
                talk(null, head + "\r\n\u0016early\u00ff"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT x:80 HTTP/1.0\r\n\r\n", // no fields
                "CONNECT x:80 HTTP/1.1\n\n", // bare line feeds
                "CONNECT x:80 HTTP/1.1\r\nA: b\n\r\n", // mixed
                "CONNECT x:00080 HTTP/1.9\r\n\r\n",
                "CONNECT x:80 HTTP/1.1\r\nProxy-Authorization: Basic nobody-asked\r\n\r\n",
                "CONNECT x:80 HTTP/1.1\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void anotherSpellingPasses(String sent) {
        assertEquals(new Outcome("connect", "", "x", 80, "", ""), talk(null, sent));
    }

    @Test
    void theOuterPortsPass() {
        assertEquals(1, talk(null, "CONNECT x:1 HTTP/1.1\r\n\r\n").port());
        assertEquals(65535, talk(null, "CONNECT x:65535 HTTP/1.1\r\n\r\n").port());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT x HTTP/1.1\r\n\r\n", // no port
                "CONNECT x: HTTP/1.1\r\n\r\n",
                "CONNECT :80 HTTP/1.1\r\n\r\n", // no host
                "CONNECT : HTTP/1.1\r\n\r\n",
                "CONNECT x:0 HTTP/1.1\r\n\r\n", // port
                "CONNECT x:65536 HTTP/1.1\r\n\r\n",
                "CONNECT x:99999 HTTP/1.1\r\n\r\n",
                "CONNECT x:000080 HTTP/1.1\r\n\r\n",
                "CONNECT x:-1 HTTP/1.1\r\n\r\n",
                "CONNECT x:+80 HTTP/1.1\r\n\r\n",
                "CONNECT x:8a HTTP/1.1\r\n\r\n",
                "CONNECT [::1]:80 HTTP/1.1\r\n\r\n", // addresses
                "CONNECT ::1:80 HTTP/1.1\r\n\r\n",
                "CONNECT [ HTTP/1.1\r\n\r\n",
                "CONNECT http://x:80 HTTP/1.1\r\n\r\n",
                "CONNECT\r\n", // request line
                "CONNECT \r\n",
                "CONNECT x:80\r\n",
                "CONNECT x:80 \r\n",
                "CONNECT x:80 HTTP/1.1 \r\n",
                "CONNECT  x:80 HTTP/1.1\r\n",
                "CONNECT x:80  HTTP/1.1\r\n",
                "CONNECT\tx:80 HTTP/1.1\r\n",
                "CONNECT x\u00e4:80 HTTP/1.1\r\n",
                "CONNECT x:80 http/1.1\r\n",
                "CONNECT x:80 HTTP/1\r\n",
                "CONNECT x:80 HTTP/1.10\r\n",
                "CONNECT x:80 HTTP/1.1\r\r\n", // line ends and control characters
                "CONNECT x:80 \rHTTP/1.1\r\n",
                "CONNECT x\u0000",
                "CONNECT x\u007f",
                "C\u001b",
                "CONNECT x:80 HTTP/1.1\r\nno colon\r\n", // fields
                "CONNECT x:80 HTTP/1.1\r\n: no name\r\n",
                "CONNECT x:80 HTTP/1.1\r\nName : space\r\n",
                "CONNECT x:80 HTTP/1.1\r\nA: b\r\n folded\r\n",
                "CONNECT x:80 HTTP/1.1\r\nA: b\rc\r\n",
                "CONNECT x:80 HTTP/1.1\r\nA: b\u0000",
                "CONNECT x:80 HTTP/1.1\r\nProxy-Authorization: a\r\nproxy-authorization: a\r\n",
                "SSH-2.0-OpenSSH_9.6\r\n", // other protocols
                "EHLO mail\r\n"
            })
    void aMalformedRequestIsRefused(String sent) {
        assertStatus(400, talk(null, sent));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRI * HTTP/2.0\r\n", "CONNECT x:80 HTTP/0.9\r\n", "CONNECT x:80 HTTP/3.0\r\n"})
    void anotherVersionOfHttpIsRefused(String sent) {
        assertStatus(505, talk(null, sent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / ", "GET http://web.relay/ ", "POST /x ", "connect x:80 ", "OPTIONS * ", "CONNECTX x:80 "})
    void anotherMethodIsToldWhatThePortIsForAfterItsHead(String start) {
        String head = start + "HTTP/1.1\r\nHost: <script>\r\n\r";
        assertEquals("more", talk(null, head).kind());
        Outcome outcome = talk(ALICE, head + "\n");
        assertStatus(405, outcome);
        assertTrue(outcome.reply().contains("\r\nAllow: CONNECT\r\n"));
        assertTrue(outcome.reply().contains("socks5h"));
        assertFalse(outcome.reply().contains("script"), "what was sent is not repeated");
    }

    @Test
    void aHeadOfTheLimitPassesAndOneByteMoreIsRefused() {
        String start = "CONNECT x:80 HTTP/1.1\r\nPad: ";
        String pad = "p".repeat(HttpConnect.LIMIT - start.length() - 4);
        Outcome outcome = talk(null, start + pad + "\r\n\r\n" + "e".repeat(10_000));
        assertEquals("connect", outcome.kind());
        assertEquals(10_000, outcome.early().length());
        assertStatus(431, talk(null, start + pad + "p\r\n\r\n"));
        assertStatus(431, talk(null, "C".repeat(HttpConnect.LIMIT + 1)));
        assertEquals("more", talk(null, "C".repeat(HttpConnect.LIMIT)).kind());
    }

    @Test
    void theRightPasswordPassesInAnyCaseOfTheScheme() {
        assertEquals("connect", talk(ALICE, basic("alice:se:cret")).kind());
        assertEquals(
                "connect",
                talk(ALICE, basic("alice:se:cret").replace("Basic", "bAsIc ")).kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"alice:se:creT", "alicE:se:cret", "alice:se", "alice", "alice:", ":se:cret", "", "se:cret:alice"
            })
    void anyOtherPasswordIsRefusedWithAChallenge(String pair) {
        Outcome outcome = talk(ALICE, basic(pair));
        assertStatus(407, outcome);
        assertTrue(outcome.reply().contains("\r\nProxy-Authenticate: Basic realm="));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X: y\r\n",
                "Authorization: Basic YWxpY2U6c2U6Y3JldA==\r\n",
                "Proxy-Authorization: Bearer a\r\n",
                "Proxy-Authorization:\r\n",
                "Proxy-Authorization: Basic\r\n",
                "Proxy-Authorization: Basic %%%\r\n",
                "Proxy-Authorization: Basic YWxpY2U6c2U6Y3JldA=\r\n",
                "Proxy-Authorization: Basic \u00ff\r\n"
            })
    void noPasswordIsRefusedWithAChallenge(String field) {
        assertStatus(407, talk(ALICE, "CONNECT web:80 HTTP/1.1\r\n" + field + "\r\n"));
    }

    @Test
    void successHasNoBody() {
        ProxyTalk talk = new ProxyTalk(null).feed(ascii("CONNECT x:80 HTTP/1.1\r\n\r\n"));
        assertEquals("HTTP/1.1 200 Connection established\r\n\r\n", ProxyTalk.text(talk.request.success()));
    }

    @ParameterizedTest
    @EnumSource(ProxyFailure.class)
    void everyFailureHasItsStatus(ProxyFailure failure) {
        ProxyTalk talk = new ProxyTalk(null).feed(ascii("CONNECT x:80 HTTP/1.1\r\n\r\n"));
        int status = switch (failure) {
            case OTHER -> 500;
            case DENIED -> 403;
            case RELAY_DOWN -> 503;
            case NOT_AVAILABLE, REFUSED, UNREACHABLE -> 502;
            case TIMED_OUT -> 504;
            case COMMAND -> 405;
            case ADDRESS_TYPE -> 400;
        };
        assertResponse(status, ProxyTalk.text(talk.request.failure(failure)));
    }
}
