package dev.tcprelay.protocol.files;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A TCP address as people write it: {@code host:port}, {@code 192.0.2.1:7000}, {@code [2001:db8::1]:7000}. The host is
 * kept in lower case and without brackets; nothing is resolved. Port 0 is left to the caller's judgement.
 */
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    /** Throws IllegalArgumentException for a host or port that {@link #parse} would refuse. */
    public HostPort {
        host = host.toLowerCase(Locale.ROOT);
        String problem = Hosts.problem(host);
        if (problem != null || port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException(problem != null ? problem : "port " + port);
        }
    }

    /** {@code host:port}; both are needed. */
    public static HostPort parse(String text) throws FormatException {
        return parse(text, null);
    }

    /** {@code host:port}, or {@code port} alone on a host that is known. */
    public static HostPort parseOrPort(String text, String defaultHost) throws FormatException {
        return parse(text, defaultHost);
    }

    private static HostPort parse(String text, @Nullable String defaultHost) throws FormatException {
        int colon = text.lastIndexOf(':');
        if (colon < 0 && defaultHost != null) {
            return new HostPort(defaultHost, parsePort(text));
        }
        if (colon < 0) {
            throw new FormatException("an address is host:port; the port is missing");
        }
        String host = text.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        if (!brackets && host.indexOf(':') >= 0) {
            throw new FormatException("an IPv6 address with a port is written in brackets: [::1]:7000");
        }
        String bare = (brackets ? host.substring(1, host.length() - 1) : host).toLowerCase(Locale.ROOT);
        String problem = brackets && bare.indexOf(':') < 0 ? "brackets are for IPv6 addresses" : Hosts.problem(bare);
        if (problem != null) {
            throw new FormatException(problem);
        }
        return new HostPort(bare, parsePort(text.substring(colon + 1)));
    }

    private static int parsePort(String text) throws FormatException {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : -1;
        if (port < 0 || port > MAX_PORT || (text.length() > 1 && text.startsWith("0"))) {
            throw new FormatException("a port is a number from 0 to " + MAX_PORT);
        }
        return port;
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
