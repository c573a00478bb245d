package dev.tcprelay.client;

import dev.tcprelay.client.TunnelException.Failure;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Outcome;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes {@link TunnelException}s: the one place where what went wrong becomes words for a person. */
final class TunnelFailures {
    private TunnelFailures() {}

    static TunnelException notAvailable(ServerId id) {
        return new TunnelException(
                Failure.NOT_AVAILABLE,
                id + " is not available to you: it is unknown, offline or not granted."
                        + " `relay ls` shows what is available.");
    }

    /** The psk source has failed. */
    static TunnelException noPsk(ServerId id, Throwable e) {
        if (e instanceof NoSuchFileException) {
            return new TunnelException(Failure.DENIED, getIt("no psk for " + id, id), e);
        }
        boolean readable = e instanceof FileSystemException || e instanceof FormatException;
        return new TunnelException(
                readable ? Failure.DENIED : Failure.OTHER,
                "the psk of " + id + " cannot be used: " + e.getMessage() + ". Mend it, or import it again by"
                        + " `relay psk import " + id + "`.",
                e);
    }

    private static String getIt(String what, ServerId id) {
        return what + ": get it from whoever runs it and `relay psk import " + id + "`";
    }

    /** The end-to-end handshake has failed; nothing was sent. */
    static TunnelException handshake(ServerId id, Throwable e) {
        if (e instanceof AuthenticationException) {
            return new TunnelException(
                    Failure.DENIED, getIt("the psk for " + id + " is not the one that its skeleton has", id), e);
        }
        if (e instanceof TimeoutException) {
            return new TunnelException(
                    Failure.TIMED_OUT, "the skeleton of " + id + " did not begin in time: try again", e);
        }
        return lost(id, e);
    }

    /** The skeleton's RESULT was not ok. */
    static TunnelException of(ServerId id, Outcome outcome) {
        return switch (outcome) {
            case OK -> throw new IllegalArgumentException("ok is no failure");
            case REFUSED ->
                TunnelException.ofServer(
                        Failure.REFUSED,
                        id + " is announced, but its server refused the connection: check that the service runs");
            case TIMED_OUT ->
                TunnelException.ofServer(
                        Failure.TIMED_OUT,
                        id + " is announced, but its server did not answer in time: ask whoever runs it");
            case UNREACHABLE ->
                TunnelException.ofServer(
                        Failure.UNREACHABLE,
                        id + " is announced, but its skeleton cannot reach its server: ask whoever runs it");
            case DENIED ->
                TunnelException.ofServer(
                        Failure.DENIED, "the skeleton of " + id + " does not allow this: ask whoever runs it");
        };
    }

    static TunnelException noResult(ServerId id) {
        return TunnelException.ofServer(
                Failure.TIMED_OUT,
                "the skeleton of " + id + " did not say in time whether its server answers: try again");
    }

    static TunnelException lost(ServerId id, @Nullable Throwable cause) {
        String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
        return new TunnelException(
                Failure.OTHER, "the tunnel to " + id + " was lost while it was opened (" + why + "): try again", cause);
    }

    static TunnelException notOpened(ServerId id, @Nullable Throwable cause) {
        String why = cause == null ? "no answer" : String.valueOf(cause.getMessage());
        return new TunnelException(
                Failure.TIMED_OUT, "the relay did not open " + id + " in time (" + why + "): try again", cause);
    }

    static TunnelException relayDown(String message, @Nullable Throwable cause) {
        return new TunnelException(Failure.RELAY_DOWN, message, cause);
    }

    static TunnelException cancelled(ServerId id) {
        return new TunnelException(Failure.OTHER, "opening " + id + " was cancelled");
    }

    /** For whatever a future brought. */
    static TunnelException of(ServerId id, Throwable e) {
        return e instanceof TunnelException known
                ? known
                : new TunnelException(Failure.OTHER, "opening " + id + " failed: " + e, e);
    }
}
