package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.Outcome;
import io.netty.channel.ConnectTimeoutException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server that could not be reached. The message is for the own log only; the wire gets the code (docs/protocol.md,
 * M42).
 */
public final class TargetException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What the system says of a Unix socket's file that is missing: nobody listens there. */
    private static final String MISSING = "No such file or directory";
    /** What it says when a Unix socket's queue of connections is full. */
    private static final String BUSY = "Resource temporarily unavailable";

    private final Outcome outcome;

    private TargetException(Outcome outcome, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    static TargetException timedOut() {
        return new TargetException(Outcome.TIMED_OUT, "no answer in time", null);
    }

    /** What a failed connect means. Messages are compared without the address that Netty puts behind them. */
    public static TargetException of(Throwable e) {
        if (e instanceof TargetException known) {
            return known;
        }
        Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
        if (cause instanceof ConnectTimeoutException) {
            return new TargetException(Outcome.TIMED_OUT, "no answer in time", e);
        } else if (cause instanceof FileNotFoundException) {
            return new TargetException(Outcome.REFUSED, MISSING, e);
        } else if (cause instanceof NoRouteToHostException) {
            return new TargetException(Outcome.UNREACHABLE, "no route to it", e);
        }
        String message =
                Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        boolean refused = message.endsWith(MISSING)
                || (cause instanceof ConnectException && message.endsWith("Connection refused"));
        boolean timedOut = message.endsWith(BUSY) || message.endsWith("timed out");
        Outcome outcome = refused ? Outcome.REFUSED : timedOut ? Outcome.TIMED_OUT : Outcome.UNREACHABLE;
        return new TargetException(outcome, message, e);
    }

    /** Of two addresses the one that tells more: a server that refuses is one that was reached. */
    static TargetException clearer(Throwable one, Throwable other) {
        TargetException first = of(one);
        TargetException second = of(other);
        return first.outcome.compareTo(second.outcome) <= 0 ? first : second;
    }

    /** What the client is told. */
    public Outcome outcome() {
        return outcome;
    }

    /** Whether it may be reached in a moment. */
    boolean busy() {
        return String.valueOf(getMessage()).endsWith(BUSY);
    }
}
