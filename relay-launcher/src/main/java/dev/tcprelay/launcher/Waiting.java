package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayException;
import dev.tcprelay.client.TunnelException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits, on the command's own thread, for what goes on elsewhere; failures become what the shell is to be told. */
final class Waiting {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Waiting() {}

    static <T> T until(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CommandException(
                    ExitCode.UNREACHABLE, "no answer for " + LONGEST.toSeconds() + " s. Try again.", e);
        } catch (ExecutionException e) {
            throw explained(e.getCause() == null ? e : e.getCause());
        }
    }

    /** The same failure with its exit code, if it has one. */
    static Exception explained(Throwable failure) {
        if (failure instanceof RelayException relay) {
            return new CommandException(code(relay.kind()), String.valueOf(relay.getMessage()), relay);
        }
        if (failure instanceof TunnelException tunnel) {
            return new CommandException(code(tunnel.failure()), String.valueOf(tunnel.getMessage()), tunnel);
        }
        return failure instanceof Exception exception ? exception : new IllegalStateException(failure);
    }

    private static ExitCode code(RelayException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, NOT_A_RELAY -> ExitCode.UNREACHABLE;
            case WRONG_KEY -> ExitCode.UNTRUSTED;
            case REFUSED -> ExitCode.REFUSED;
            case PROTOCOL -> ExitCode.FAILED;
        };
    }

    private static ExitCode code(TunnelException.Failure failure) {
        return switch (failure) {
            case NOT_AVAILABLE -> ExitCode.UNAVAILABLE;
            case DENIED -> ExitCode.REFUSED;
            case RELAY_DOWN -> ExitCode.UNREACHABLE;
            case REFUSED, TIMED_OUT, UNREACHABLE, OTHER -> ExitCode.FAILED;
        };
    }
}
