package dev.tcprelay.protocol.files;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, as people write it: {@code host:port}, or {@code unix:/run/app.sock} for a Unix domain socket.
 * Nothing is resolved or looked for.
 */
public sealed interface TargetAddress {
    /** A name or an IP address, and a port from 1 on. */
    record Tcp(HostPort address) implements TargetAddress {
        /** Throws IllegalArgumentException for port 0. */
        public Tcp {
            if (address.port() == 0) {
                throw new IllegalArgumentException("port 0");
            }
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }

    /** A Unix domain socket's file. */
    record Unix(String path) implements TargetAddress {
        private static final String SCHEME = "unix:";

        /** What fits into the kernel's sockaddr_un of 108 bytes with the zero at its end. */
        private static final int MAX_BYTES = 107;

        /** Throws IllegalArgumentException for a path that {@link TargetAddress#parse} would refuse. */
        public Unix {
            String problem = problem(path);
            if (problem != null) {
                throw new IllegalArgumentException(problem);
            }
        }

        private static @Nullable String problem(String path) {
            if (!path.startsWith("/")) {
                return "a Unix socket is written with its absolute path: unix:/run/app.sock";
            }
            if (path.chars().anyMatch(Character::isISOControl)) {
                return "a Unix socket's path has no control characters";
            }
            int bytes = path.getBytes(StandardCharsets.UTF_8).length;
            return bytes <= MAX_BYTES ? null : "a Unix socket's path has at most " + MAX_BYTES + " bytes, not " + bytes;
        }

        private static Unix parse(String path) throws FormatException {
            String problem = problem(path);
            if (problem != null) {
                throw new FormatException(problem);
            }
            return new Unix(path);
        }

        @Override
        public String toString() {
            return SCHEME + path;
        }
    }

    /** {@code host:port} or {@code unix:/path}. */
    static TargetAddress parse(String text) throws FormatException {
        return isUnix(text) ? Unix.parse(text.substring(Unix.SCHEME.length())) : tcp(HostPort.parse(text));
    }

    /** The same, or {@code port} alone on a host that is known. */
    static TargetAddress parseOrPort(String text, String defaultHost) throws FormatException {
        return isUnix(text) ? parse(text) : tcp(HostPort.parseOrPort(text, defaultHost));
    }

    /** A host of the name unix with a port is that. */
    private static boolean isUnix(String text) {
        return text.startsWith(Unix.SCHEME) && !text.matches("unix:[0-9]+");
    }

    private static TargetAddress tcp(HostPort address) throws FormatException {
        if (address.port() == 0) {
            throw new FormatException("a server's port is a number from 1 to 65535");
        }
        return new Tcp(address);
    }
}
