package dev.tcprelay.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Why a request on the proxy port got no tunnel, as both dialects tell it: the REP field of SOCKS5 (RFC 1928, section
 * 6) and a status of HTTP (RFC 9110, section 15) with one line for the person who reads it. No text repeats what the
 * application sent.
 */
enum ProxyFailure {
    NOT_AVAILABLE(
            0x04,
            "502 Bad Gateway",
            "No server of this name is available to you. The relay's list of available servers shows what is."),
    DENIED(0x02, "403 Forbidden", "The server's side does not allow this connection. Ask who runs that server."),
    REFUSED(
            0x05,
            "502 Bad Gateway",
            "The server is announced but refused or dropped the connection. Check that the service itself is running."),
    UNREACHABLE(
            0x04,
            "502 Bad Gateway",
            "The server is announced but cannot be reached from where it is announced. Ask who runs it."),
    TIMED_OUT(0x06, "504 Gateway Timeout", "The server did not answer in time. Try again; then ask who runs it."),
    RELAY_DOWN(
            0x03,
            "503 Service Unavailable",
            "The relay cannot be reached at the moment. The client keeps trying; try again in a while."),
    COMMAND(
            0x07,
            "405 Method Not Allowed",
            "This port is a proxy that reaches servers by their id: use it as an HTTP proxy with CONNECT,"
                    + " or as a SOCKS5 proxy that gets names (socks5h)."),
    ADDRESS_TYPE(
            0x08,
            "400 Bad Request",
            "This port reaches servers by their id, not by IP address. Ask for ID or ID.relay,"
                    + " and let the proxy see the name (socks5h in curl)."),
    OTHER(0x01, "500 Internal Server Error", "The client could not handle this request. Its log says why.");

    private final byte socks;
    private final String http;
    private final String text;

    ProxyFailure(int socks, String http, String text) {
        this.socks = (byte) socks;
        this.http = http;
        this.text = text;
    }

    /** How a tunnel that could not be opened is told to the application. */
    static ProxyFailure of(TunnelException.Failure failure) {
        return switch (failure) {
            case NOT_AVAILABLE -> NOT_AVAILABLE;
            case DENIED -> DENIED;
            case REFUSED -> REFUSED;
            case TIMED_OUT -> TIMED_OUT;
            case UNREACHABLE -> UNREACHABLE;
            case RELAY_DOWN -> RELAY_DOWN;
            case OTHER -> OTHER;
        };
    }

    /** The complete SOCKS5 reply, with the address 0.0.0.0:0. */
    byte[] socksReply() {
        return Socks5.reply(socks);
    }

    /** The complete HTTP response, after which the connection is closed. */
    byte[] httpReply() {
        // RFC 9110, section 15.5.6: a 405 must list what would be allowed.
        return httpReply(http, this == COMMAND ? "Allow: CONNECT\r\n" : "", text);
    }

    /**
     * An HTTP response with a body of one line.
     *
     * @param status code and reason phrase
     * @param fields further header fields, each with its line end, or nothing
     */
    static byte[] httpReply(String status, String fields, String text) {
        String head = "HTTP/1.1 " + status + "\r\n"
                + fields
                + "Content-Type: text/plain; charset=us-ascii\r\n"
                + "Content-Length: " + (text.length() + 1) + "\r\n"
                + "Connection: close\r\n\r\n";
        return (head + text + "\n").getBytes(US_ASCII);
    }
}
