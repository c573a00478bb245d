package dev.tcprelay.client;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The phase in which a stream waits for RESULT (docs/protocol.md, M44). On the stream's loop. */
final class AwaitedResult implements Duplex.Receiver {
    private final SealedStream stream;
    private final ServerId id;
    private final Promise<SealedStream> promise = Promise.promise();
    private final ScheduledFuture<?> deadline;

    private AwaitedResult(SealedStream stream, ServerId id, Duration patience) {
        this.stream = stream;
        this.id = id;
        this.deadline = stream.loop().schedule(this::tooLate, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Flushes the stream. The same one, paused, when RESULT is ok; whoever takes it sets its receiver and resumes it.
     * Fails with {@link TunnelException}, and the stream is ended then.
     */
    static Future<SealedStream> of(SealedStream stream, ServerId id, Duration patience) {
        var phase = new AwaitedResult(stream, id, patience);
        stream.receiver(phase);
        stream.onResult(phase::decided);
        stream.flush();
        return phase.promise.future();
    }

    private void decided(Outcome outcome) {
        deadline.cancel(false);
        if (outcome == Outcome.OK) {
            stream.pause();
            if (!promise.tryComplete(stream)) {
                stream.abort();
            }
        } else if (promise.tryFail(TunnelFailures.of(id, outcome))) {
            stream.closeGently();
        }
    }

    private void tooLate() {
        if (promise.tryFail(TunnelFailures.noResult(id))) {
            stream.abort();
        }
    }

    @Override
    public void received(ByteBuf bytes) {
        // Nothing is delivered before RESULT, and the stream is paused after it.
        bytes.release();
        stream.abort();
    }

    @Override
    public void ended() {
        stream.abort();
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        deadline.cancel(false);
        promise.tryFail(TunnelFailures.lost(id, cause));
    }
}
