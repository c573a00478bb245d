package dev.tcprelay.client;

import dev.tcprelay.channel.AttachedLeg;
import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.channel.RelayException;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.EndToEndResponder;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.TargetRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel from OPEN to message 2 (docs/protocol.md, sections 7 and 9): on a warm leg if there is one, else on a new
 * one; on another if the relay does not answer. On the client's event loop.
 */
final class Opening {
    private static final int LARGEST_DOUBLING = 5;

    private final ClientParts parts;
    private final ServerId id;
    private final Promise<SealedStream> promise = Promise.promise();
    private Cancellable deadline = () -> {};
    private @Nullable Leg leg;
    private @Nullable Throwable lastFailure;
    private List<Psk> psks = List.of();
    private int failures;
    private boolean warmFailed;
    private boolean over;

    Opening(ClientParts parts, ServerId id) {
        this.parts = parts;
        this.id = id;
        promise.future().onComplete(done -> {
            over = true;
            deadline.cancel();
        });
    }

    /** The stream, on which RESULT is still to come. Fails with {@link TunnelException}. */
    Future<SealedStream> future() {
        return promise.future();
    }

    /** Nobody waits for it any more. On the client's thread. */
    void cancel() {
        fail(TunnelFailures.cancelled(id));
    }

    Opening begin() {
        parts.own()
                .blocking(() -> parts.psks().psks(id))
                .onComplete(this::found, e -> fail(TunnelFailures.noPsk(id, e)));
        return this;
    }

    private void found(List<Psk> usable) {
        if (!over) {
            psks = usable;
            deadline = parts.own().after(parts.deadlines().opened(), this::tooLate);
            attempt();
        }
    }

    private void tooLate() {
        Throwable last = lastFailure;
        fail(
                last instanceof RelayException
                        ? TunnelFailures.relayDown(String.valueOf(last.getMessage()), last)
                        : TunnelFailures.notOpened(id, last));
    }

    private void fail(TunnelException e) {
        if (promise.tryFail(e) && leg != null) {
            leg.abort();
        }
    }

    private void attempt() {
        if (over) {
            return;
        }
        // After one that was dead, not another: that has come from the same network and relay.
        AttachedLeg warm = warmFailed ? null : parts.warmLegs().take();
        if (warm != null) {
            warm.records().send(new LegMessage.Open(id, false));
            warm.leg().flush();
            await(warm, () -> {
                warmFailed = true;
                parts.own().run(this::attempt);
            });
        } else {
            parts.outage()
                    .passable()
                    .onComplete(up -> parts.own().run(this::dial), e -> fail(TunnelFailures.of(id, e)));
        }
    }

    private void dial() {
        if (!over) {
            parts.attacher()
                    .attach(Attach.client(), (to, records) -> records.send(new LegMessage.Open(id, false)))
                    .onComplete(attached -> await(attached, this::retry), this::notAttached);
        }
    }

    private void notAttached(Throwable e) {
        lastFailure = e;
        if (e instanceof RelayException relay && relay.kind() != RelayException.Kind.UNREACHABLE) {
            fail(TunnelFailures.relayDown(String.valueOf(e.getMessage()), e));
        } else {
            retry();
        }
    }

    /** The first time at once, for the connection may have met a node that stops; later with more and more time. */
    private void retry() {
        int doublings = Math.min(failures++, LARGEST_DOUBLING) - 1;
        Duration wait =
                doublings < 0 ? Duration.ZERO : parts.deadlines().retry().multipliedBy(1L << doublings);
        parts.own().after(wait, this::attempt);
    }

    private void await(AttachedLeg attached, Runnable another) {
        Leg on = attached.leg();
        if (over) {
            on.abort();
            return;
        }
        leg = on;
        var silence = new Cancellable[1];
        OneFrame phase = attached.records()
                .await(
                        message -> {
                            silence[0].cancel();
                            answered(on, message);
                        },
                        e -> {
                            silence[0].cancel();
                            on.abort();
                            leg = null;
                            lastFailure = e;
                            another.run();
                        });
        Duration patience = parts.deadlines().answer();
        silence[0] = on.after(patience, () -> phase.fail(new TimeoutException("no answer")));
    }

    private void answered(Leg on, LegMessage message) {
        if (warmFailed) {
            parts.warmLegs().renew();
        }
        if (over) {
            on.abort();
        } else if (message instanceof LegMessage.Opened) {
            deadline.cancel();
            opened(on);
        } else if (message instanceof LegMessage.Unavailable) {
            leg = null;
            on.closeGently();
            fail(TunnelFailures.notAvailable(id));
        } else {
            fail(TunnelFailures.lost(id, null));
        }
    }

    private void opened(Leg on) {
        parts.tunnels().add(on);
        var handshake = new EndToEndResponder(id, psks, parts.random());
        EndToEnd.open(
                        on,
                        handshake,
                        TargetRequest.defaultTarget(),
                        parts.deadlines().result())
                .onComplete(
                        stream -> {
                            leg = null;
                            if (!promise.tryComplete(stream)) {
                                stream.abort();
                            }
                        },
                        e -> {
                            leg = null;
                            fail(TunnelFailures.handshake(id, e));
                        });
    }
}
