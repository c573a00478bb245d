package dev.tcprelay.client;

import static dev.tcprelay.client.ProxyTalk.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.client.ProxyTalk.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both dialects: telling them apart, splits at every place, and random bytes. */
class ProxyRequestTest {
    private static final ProxyCredentials ALICE = new ProxyCredentials("alice", "secret");
    private static final String REQUEST = "\u0005\u0001\u0000\u0003\u0003web\u0000\u0050";
    private static final List<byte[]> SAMPLES = List.of(
            ascii("\u0005\u0001\u0000" + REQUEST + "early bytes"),
            ascii("\u0005\u0002\u0000\u0002\u0001\u0005alice\u0006secret" + REQUEST + "early bytes"),
            ascii("\u0005\u0001\u0002\u0001\u0005alice\u0006wrong!" + REQUEST),
            ascii("\u0005\u0001\u0000\u0005\u0001\u0000\u0001\u007f\u0000\u0000\u0001\u0000\u0050"),
            ascii("CONNECT web.relay:80 HTTP/1.1\r\nHost: web.relay\r\n\r\nearly bytes"),
            ascii("CONNECT web:80 HTTP/1.1\r\nProxy-Authorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n\r\n\r\nearly"),
            ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));

    @Test
    void everyFirstByteButFiveAndLettersIsRefusedInSilence() {
        for (int first = 0; first < 256; first++) {
            boolean letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z' && first < 0x80;
            Outcome outcome = ProxyTalk.whole(null, new byte[] {(byte) first});
            assertEquals(first == 5 || letter ? "more" : "fail", outcome.kind(), "byte " + first);
            assertEquals("", outcome.reply());
        }
    }

    @Test
    void nothingFedIsNothingDone() {
        assertEquals("more", ProxyTalk.whole(null, new byte[0]).kind());
        assertEquals("more", ProxyTalk.whole(null, ascii("C")).kind());
    }

    @Test
    void thereIsNothingToAnswerBeforeTheRequestIsComplete() {
        ProxyTalk talk = new ProxyTalk(null).feed(ascii("\u0005\u0001\u0000"));
        assertThrows(IllegalStateException.class, talk.request::success);
        assertThrows(IllegalStateException.class, () -> talk.request.failure(ProxyFailure.TIMED_OUT));
        assertEquals("connect", talk.feed(ascii(REQUEST)).outcome().kind());
    }

    @Test
    void aSplitAnywhereChangesNothing() {
        Random random = new Random(1);
        for (byte[] sample : SAMPLES) {
            for (ProxyCredentials credentials : new ProxyCredentials[] {null, ALICE}) {
                Outcome whole = ProxyTalk.whole(credentials, sample);
                assertNotEquals("more", whole.kind());
                assertEquals(whole, ProxyTalk.byteByByte(credentials, sample));
                for (int at = 0; at <= sample.length; at++) {
                    assertEquals(whole, ProxyTalk.splitAt(credentials, sample, at), "split at " + at);
                }
                for (int i = 0; i < 200; i++) {
                    assertEquals(whole, ProxyTalk.random(credentials, sample, random));
                }
            }
        }
    }

    @Test
    void noPrefixOfARequestConnects() {
        byte[] socks = ascii("\u0005\u0001\u0000" + REQUEST);
        byte[] http = ascii("CONNECT web.relay:80 HTTP/1.1\r\nHost: web.relay\r\n\r\n");
        for (byte[] request : List.of(socks, http)) {
            for (int length = 0; length < request.length; length++) {
                assertEquals(
                        "more",
                        ProxyTalk.whole(null, Arrays.copyOf(request, length)).kind());
            }
            assertEquals("connect", ProxyTalk.whole(null, request).kind());
        }
    }

    @Test
    void nobodyPassesTheCredentialsByChangingTheirBytes() {
        byte[] socks = ascii("\u0005\u0001\u0002\u0001\u0005alice\u0006secret");
        for (int bit = 0; bit < socks.length * 8; bit++) {
            byte[] changed = socks.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            String reply = ProxyTalk.whole(ALICE, changed).reply();
            assertFalse(reply.endsWith("\u0001\u0000"), "bit " + bit);
        }
    }

    /** Random bytes and changed requests end in a declared result, the same one in any split, within the limit. */
    @Test
    void randomBytesNeverEndInAnythingElse() {
        Random random = new Random(20260101);
        int[] kinds = new int[3];
        for (int round = 0; round < 60_000; round++) {
            byte[] bytes = random.nextInt(4) == 0 ? noise(random) : changed(random);
            ProxyCredentials credentials = random.nextBoolean() ? ALICE : null;
            Outcome outcome = ProxyTalk.whole(credentials, bytes);
            assertEquals(outcome, ProxyTalk.random(credentials, bytes, random));
            assertTrue(isReply(outcome.reply()), outcome::toString);
            kinds[List.of("more", "connect", "fail").indexOf(outcome.kind())]++;
            if (outcome.kind().equals("more")) {
                assertTrue(bytes.length <= HttpConnect.LIMIT);
            }
        }
        for (int kind : kinds) {
            assertTrue(kind > 500, "every kind of result occurs: " + Arrays.toString(kinds));
        }
    }

    private static boolean isReply(String reply) {
        return reply.isEmpty() || reply.startsWith("\u0005") || reply.startsWith("HTTP/1.1 ");
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(8) == 0 ? 9000 : 100)];
        random.nextBytes(bytes);
        if (bytes.length > 0 && random.nextInt(4) > 0) {
            bytes[0] = (byte) (random.nextBoolean() ? 5 : 'C');
        }
        return bytes;
    }

    /** A sample with a few bytes replaced, removed, doubled or cut off. */
    private static byte[] changed(Random random) {
        byte[] bytes = SAMPLES.get(random.nextInt(SAMPLES.size())).clone();
        for (int changes = random.nextInt(4); changes > 0 && bytes.length > 1; changes--) {
            int at = random.nextInt(bytes.length);
            byte[] head = Arrays.copyOf(bytes, at);
            byte[] tail = Arrays.copyOfRange(bytes, at + 1, bytes.length);
            byte[] other = {(byte) random.nextInt(256)};
            bytes = switch (random.nextInt(4)) {
                case 0 -> ProxyTalk.concat(head, other, tail);
                case 1 -> ProxyTalk.concat(head, tail);
                case 2 -> ProxyTalk.concat(head, new byte[] {bytes[at], bytes[at]}, tail);
                default -> head;
            };
        }
        return bytes;
    }
}
