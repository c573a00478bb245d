package dev.tcprelay.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Feeds a request in pieces, as the owner of a connection would, and tells what came of it in comparable form. */
final class ProxyTalk implements ProxyStep.Handler {
    /** How a request stands after all bytes were fed. Replies and early bytes are one char per byte. */
    record Outcome(String kind, String reply, String host, int port, String early, String cause) {}

    final ProxyRequest request;
    private final ByteArrayOutputStream replies = new ByteArrayOutputStream();
    private final ByteArrayOutputStream early = new ByteArrayOutputStream();
    private String kind = "more";
    private String host = "";
    private int port;
    private String cause = "";

    ProxyTalk(@Nullable ProxyCredentials credentials) {
        request = new ProxyRequest(credentials);
    }

    static Outcome whole(@Nullable ProxyCredentials credentials, byte[] bytes) {
        return new ProxyTalk(credentials).feed(bytes).outcome();
    }

    static Outcome byteByByte(@Nullable ProxyCredentials credentials, byte[] bytes) {
        ProxyTalk talk = new ProxyTalk(credentials);
        for (byte value : bytes) {
            talk.feed(new byte[] {value});
        }
        return talk.outcome();
    }

    static Outcome splitAt(@Nullable ProxyCredentials credentials, byte[] bytes, int at) {
        return new ProxyTalk(credentials)
                .feed(Arrays.copyOf(bytes, at))
                .feed(Arrays.copyOfRange(bytes, at, bytes.length))
                .outcome();
    }

    static Outcome random(@Nullable ProxyCredentials credentials, byte[] bytes, Random random) {
        ProxyTalk talk = new ProxyTalk(credentials);
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + random.nextInt(20));
            talk.feed(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        return talk.outcome();
    }

    /**
     * Feeds the piece from the middle of a larger array; after the end of the request, keeps what a tunnel would get.
     */
    ProxyTalk feed(byte[] piece) {
        if (kind.equals("connect")) {
            early.writeBytes(piece);
        } else if (kind.equals("more")) {
            byte[] around = new byte[piece.length + 5];
            Arrays.fill(around, (byte) 5);
            System.arraycopy(piece, 0, around, 3, piece.length);
            request.feed(around, 3, piece.length).deliverTo(this);
        }
        return this;
    }

    Outcome outcome() {
        return new Outcome(kind, text(replies), host, port, text(early), cause);
    }

    @Override
    public void more(ProxyStep.More step) {
        replies.writeBytes(step.reply());
    }

    @Override
    public void connect(ProxyStep.Connect step) {
        kind = "connect";
        replies.writeBytes(step.reply());
        early.writeBytes(step.early());
        host = step.host();
        port = step.port();
        assertTrue(!host.isEmpty() && port >= 1 && port <= 65535, "a Connect without host or port");
        assertThrows(IllegalStateException.class, () -> request.feed(new byte[1], 0, 1));
    }

    @Override
    public void fail(ProxyStep.Fail step) {
        kind = "fail";
        replies.writeBytes(step.reply());
        cause = step.cause();
        assertThrows(IllegalStateException.class, () -> request.feed(new byte[1], 0, 1));
        assertThrows(IllegalStateException.class, request::success);
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(ISO_8859_1);
    }
}
