package dev.tcprelay.client;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.channel.SpliceEnd;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Outcome;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application on a forwarded port. It waits for no reply, so its bytes go right behind message 2 (docs/protocol.md,
 * M44); when there is no tunnel it is reset. On the client's event loop.
 */
final class ForwardedConnection {
    private static final Logger log = LoggerFactory.getLogger(ForwardedConnection.class);

    private final Leg leg;
    private final RelayClient client;
    private final ServerId id;
    private final FailureLog failures;
    private @Nullable Opening opening;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable TunnelException failure;
    private boolean decided;

    ForwardedConnection(Leg leg, RelayClient client, ServerId id, FailureLog failures) {
        this.leg = leg;
        this.client = client;
        this.id = id;
        this.failures = failures;
    }

    void begin() {
        var application = new WaitingApplication(leg, false, this::left);
        Opening begun = client.begin(id);
        opening = begun;
        begun.future().onComplete(stream -> join(stream, application), e -> failed(TunnelFailures.of(id, e)));
    }

    private void left() {
        Opening begun = opening;
        opening = null;
        if (begun != null) {
            begun.cancel();
        }
    }

    private void failed(TunnelException e) {
        if (opening != null) {
            opening = null;
            failures.tunnel(id, e);
            leg.abort();
        }
    }

    private void join(SealedStream stream, WaitingApplication application) {
        if (opening == null) {
            stream.abort();
            return;
        }
        opening = null;
        application.handBack();
        Splice splice = Splice.join(leg, stream, this::ended);
        stream.loop().execute(stream::flush); // message 2, behind it what the application has sent ahead
        stream.onResult(outcome -> decided(outcome, splice));
        deadline = stream.loop()
                .schedule(
                        () -> fail(TunnelFailures.noResult(id), splice),
                        client.deadlines().result().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void decided(Outcome outcome, Splice splice) {
        if (outcome != Outcome.OK) {
            fail(TunnelFailures.of(id, outcome), splice);
        }
        decided = true;
        cancelDeadline();
    }

    private void fail(TunnelException e, Splice splice) {
        failure = e;
        splice.abort();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void ended(SpliceEnd end) {
        cancelDeadline();
        if (failure != null) {
            failures.tunnel(id, failure);
        } else if (!decided && end.outcome() != SpliceEnd.Outcome.A_LOST) {
            failures.tunnel(id, TunnelFailures.lost(id, null));
        } else {
            log.debug("tunnel to {} ended: {}", id, end);
        }
    }
}
