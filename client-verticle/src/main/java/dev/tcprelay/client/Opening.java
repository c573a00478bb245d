package dev.tcprelay.client;

import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel that somebody waits for, up to message 2 (docs/protocol.md, sections 7 and 9): one that was opened ahead
 * if there is one, else a new one. On the client's event loop.
 */
final class Opening {
    private final ClientParts parts;
    private final AheadTunnels ahead;
    private final ServerId id;
    private final Promise<SealedStream> promise = Promise.promise();
    private @Nullable Attempts attempts;

    Opening(ClientParts parts, AheadTunnels ahead, ServerId id) {
        this.parts = parts;
        this.ahead = ahead;
        this.id = id;
    }

    /**
     * The stream, on which message 2 is still to be flushed and RESULT to come. Fails with {@link TunnelException}.
     */
    Future<SealedStream> future() {
        return promise.future();
    }

    /** Nobody waits for it any more. On the client's thread. */
    void cancel() {
        if (promise.tryFail(TunnelFailures.cancelled(id)) && attempts != null) {
            attempts.cancel();
        }
    }

    Opening begin() {
        parts.psks().psks(id).onComplete(this::found, e -> promise.tryFail(TunnelFailures.noPsk(id, e)));
        return this;
    }

    private void found(List<Psk> psks) {
        if (promise.future().isComplete()) {
            return;
        }
        EndToEnd.Begun waiting = ahead.take(id, psks);
        if (waiting != null) {
            answer(waiting, psks);
        } else {
            attempts = new Attempts(parts, id, psks, false).begin();
            attempts.future().onComplete(reached -> answer(reached.tunnel(), psks), promise::tryFail);
        }
    }

    /** The leg of a tunnel that is not wanted any more has been seen to by {@link Attempts#cancel}. */
    private void answer(EndToEnd.Begun tunnel, List<Psk> psks) {
        promise.complete(tunnel.answer());
        ahead.used(id, psks);
    }
}
