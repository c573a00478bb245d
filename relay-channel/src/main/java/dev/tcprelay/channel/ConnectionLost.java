package dev.tcprelay.channel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a stream ended that did not end in order. Has no stack trace: it tells of the peer, not of the code. */
public final class ConnectionLost extends IOException {
    private static final long serialVersionUID = 1;

    /** Who or what ended the stream. */
    public enum Kind {
        /** The peer reset the connection. */
        RESET,
        /** The peer did not answer: keepalive or unacknowledged data timed out. */
        TIMED_OUT,
        /** This side called {@link Duplex#abort()} or {@link Duplex#abortAfterWrites()}. */
        ABORTED,
        /** A receiver threw, the protocol was broken, or the system refused an operation. */
        FAILED
    }

    private final Kind kind;

    public ConnectionLost(Kind kind, @Nullable Throwable cause) {
        super(cause == null ? kind.name() : kind + ": " + cause.getMessage(), cause);
        this.kind = kind;
    }

    static ConnectionLost of(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (!(cause instanceof IOException)) {
            return new ConnectionLost(Kind.FAILED, cause);
        }
        return new ConnectionLost(message.contains("timed out") ? Kind.TIMED_OUT : Kind.RESET, cause);
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
