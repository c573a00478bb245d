package dev.tcprelay.client;

import org.jspecify.annotations.Nullable;

/**
 * A tunnel, or the list of servers, could not be had. The message says what happened and what to do; it is for a
 * person.
 */
public final class TunnelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is, for exit codes and proxy replies. */
    public enum Failure {
        /** The server is unknown, offline or not granted; the relay does not tell which (docs/protocol.md, M31). */
        NOT_AVAILABLE,
        /** There is no psk, the psk does not fit, or the skeleton does not allow it. */
        DENIED,
        /** The server refused the skeleton's connection. */
        REFUSED,
        /** The relay, the skeleton or the server did not answer in time. */
        TIMED_OUT,
        /** The skeleton cannot reach the server. */
        UNREACHABLE,
        /** There is no session with the relay. */
        RELAY_DOWN,
        /** Something else, such as a broken protocol. */
        OTHER
    }

    private final Failure failure;
    private final boolean reachedSkeleton;

    TunnelException(Failure failure, String message) {
        this(failure, message, null);
    }

    TunnelException(Failure failure, String message, @Nullable Throwable cause) {
        this(failure, message, cause, false);
    }

    private TunnelException(Failure failure, String message, @Nullable Throwable cause, boolean reachedSkeleton) {
        super(message, cause);
        this.failure = failure;
        this.reachedSkeleton = reachedSkeleton;
    }

    /** For a server that cannot be used through a tunnel that stands. */
    static TunnelException ofServer(Failure failure, String message) {
        return new TunnelException(failure, message, null, true);
    }

    public Failure failure() {
        return failure;
    }

    /** True if relay, skeleton and psk are right, and what failed is the server behind the skeleton. */
    public boolean reachedSkeleton() {
        return reachedSkeleton;
    }
}
