package dev.tcprelay.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * HTTP CONNECT (RFC 9110, section 9.3.6; syntax of RFC 9112). Header fields are checked for their form and skipped,
 * but for Proxy-Authorization when the port asks for credentials. Other methods get a reply that says what this port
 * is for, after their header fields, so that a browser that came here by mistake can show it.
 */
final class HttpConnect implements ProxyDialect {
    /** Bytes of the request line and the header fields, with the blank line. */
    static final int LIMIT = 8 * 1024;

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile("(" + TOKEN + ") ([!-~]+) HTTP/([0-9])\\.[0-9]");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):(.*)", Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final byte[] ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(US_ASCII);

    private final @Nullable ProxyCredentials credentials;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    private int total;
    private @Nullable String method;
    private String target = "";
    private @Nullable String authorization;

    HttpConnect(@Nullable ProxyCredentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public ProxyStep accept(byte value) {
        if (total == LIMIT) {
            return refuse("431 Request Header Fields Too Large", "The request's head is longer than 8 KiB.");
        }
        total++;
        if (value != '\n') {
            if (isControl(value)) {
                return malformed("The request's head contains a control character.");
            }
            line.write(value);
            return ProxyStep.More.SILENT;
        }
        String text = takeLine();
        if (text.indexOf('\r') >= 0) {
            return malformed("The request's head contains a carriage return within a line.");
        }
        if (method == null) {
            return requestLine(text);
        }
        return text.isEmpty() ? decide() : field(text);
    }

    @Override
    public byte[] success() {
        return ESTABLISHED.clone();
    }

    @Override
    public byte[] failure(ProxyFailure failure) {
        return failure.httpReply();
    }

    private static boolean isControl(byte value) {
        return (value >= 0 && value < ' ' && value != '\t' && value != '\r') || value == 0x7F;
    }

    /** The line without its end, which may be LF alone (RFC 9112, section 2.2). */
    private String takeLine() {
        String text = line.toString(ISO_8859_1);
        line.reset();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private ProxyStep requestLine(String text) {
        Matcher matcher = REQUEST_LINE.matcher(text);
        if (!matcher.matches()) {
            return malformed("The first line is not one of HTTP/1.1.");
        }
        if (!matcher.group(3).equals("1")) {
            return refuse("505 HTTP Version Not Supported", "This port speaks HTTP/1.1 only.");
        }
        method = matcher.group(1);
        target = matcher.group(2);
        return ProxyStep.More.SILENT;
    }

    private ProxyStep field(String text) {
        Matcher matcher = FIELD.matcher(text);
        if (!matcher.matches()) {
            return malformed("A header field is not of the form name: value.");
        }
        if (matcher.group(1).equalsIgnoreCase("Proxy-Authorization")) {
            if (authorization != null) {
                return malformed("There are two Proxy-Authorization fields.");
            }
            authorization = matcher.group(2).trim();
        }
        return ProxyStep.More.SILENT;
    }

    private ProxyStep decide() {
        if (!"CONNECT".equals(method)) {
            return refuse(ProxyFailure.COMMAND, "an HTTP method other than CONNECT");
        }
        if (credentials != null && (authorization == null || !credentials.matchesBasic(authorization))) {
            String challenge = "Proxy-Authenticate: Basic realm=\"relay\", charset=\"UTF-8\"\r\n";
            String text = "This proxy asks for a user name and a password, and got none or wrong ones.";
            return new ProxyStep.Fail(
                    ProxyFailure.httpReply("407 Proxy Authentication Required", challenge, text), text);
        }
        return authority();
    }

    private ProxyStep authority() {
        int colon = target.lastIndexOf(':');
        if (target.startsWith("[") || target.indexOf(':') < colon) {
            return refuse(ProxyFailure.ADDRESS_TYPE, "an IPv6 address in the HTTP request");
        }
        String digits = target.substring(colon + 1);
        if (colon < 1 || !PORT.matcher(digits).matches()) {
            return malformed("CONNECT takes host:port, for example CONNECT ID.relay:80.");
        }
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65535) {
            return malformed("The port after CONNECT is not in 1 to 65535.");
        }
        return new ProxyStep.Connect(ProxyStep.NOTHING, target.substring(0, colon), port, ProxyStep.NOTHING);
    }

    private static ProxyStep malformed(String text) {
        return refuse("400 Bad Request", text);
    }

    private static ProxyStep refuse(String status, String text) {
        return new ProxyStep.Fail(ProxyFailure.httpReply(status, "", text), text);
    }

    private static ProxyStep refuse(ProxyFailure failure, String cause) {
        return new ProxyStep.Fail(failure.httpReply(), cause);
    }
}
