package dev.tcprelay.channel;

import org.jspecify.annotations.Nullable;

/**
 * A relay could not be used. The message says what happened, where, and what to do; it is fit to be shown to a person.
 */
public final class RelayException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is, for exit codes and proxy replies. */
    public enum Kind {
        /**
         * No connection, no answer in time, or closed without a word (which is also how an overloaded relay answers).
         */
        UNREACHABLE,
        /** What listens there does not speak tcprelay/1, or is the port of the other role. */
        NOT_A_RELAY,
        /** The relay has another key than the pinned one. */
        WRONG_KEY,
        /** The relay refused the credentials. */
        REFUSED,
        /** The other side broke the protocol. */
        PROTOCOL
    }

    private final Kind kind;

    public RelayException(Kind kind, String message) {
        this(kind, message, null);
    }

    public RelayException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static boolean isRefusal(Throwable e) {
        return e instanceof RelayException relayException && relayException.kind == Kind.REFUSED;
    }
}
