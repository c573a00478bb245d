package dev.tcprelay.client;

import dev.tcprelay.channel.AttachedLeg;
import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.channel.RelayException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.EndToEndResponder;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.TargetRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.EOFException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel from OPEN to message 1 (docs/protocol.md, sections 7 and 9): on a warm leg if there is one and it is needed
 * at once, else on a new one; on another if the relay does not answer or the leg ends. Up to there nothing has been
 * connected to, so that trying again does no harm. On the client's event loop.
 */
final class Attempts {
    private static final int LARGEST_DOUBLING = 5;

    private final ClientParts parts;
    private final ServerId id;
    private final List<Psk> psks;
    private final boolean ahead;
    private final Promise<Reached> promise = Promise.promise();
    private Cancellable deadline = () -> {};
    private @Nullable Leg leg;
    private @Nullable Throwable lastFailure;
    private int failures;
    private boolean warmFailed;
    private boolean opened;
    private boolean late;
    private boolean over;

    /** A tunnel that has its skeleton, and the node on which its leg landed. */
    record Reached(EndToEnd.Begun tunnel, NodeId node) {}

    /** @param ahead nobody waits for it yet: it may stand for minutes before message 2 */
    Attempts(ClientParts parts, ServerId id, List<Psk> psks, boolean ahead) {
        this.parts = parts;
        this.id = id;
        this.psks = psks;
        this.ahead = ahead;
        promise.future().onComplete(done -> {
            over = true;
            deadline.cancel();
        });
    }

    /** Fails with {@link TunnelException}. */
    Future<Reached> future() {
        return promise.future();
    }

    /** Nobody waits for it any more. */
    void cancel() {
        fail(TunnelFailures.cancelled(id));
    }

    Attempts begin() {
        deadline = parts.own().after(parts.deadlines().opened(), this::tooLate);
        attempt();
        return this;
    }

    /** A tunnel that was opened at the last moment still gets its message 1. */
    private void tooLate() {
        Throwable last = lastFailure;
        if (opened) {
            late = true;
        } else {
            fail(
                    last instanceof RelayException
                            ? TunnelFailures.relayDown(String.valueOf(last.getMessage()), last)
                            : TunnelFailures.notOpened(id, last));
        }
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
        AttachedLeg warm = warmFailed || ahead ? null : parts.warmLegs().take();
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
                    .attach(Attach.client(), (to, records) -> records.send(new LegMessage.Open(id, ahead)))
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
                            answered(attached, message);
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

    private void answered(AttachedLeg on, LegMessage message) {
        parts.outage().answered();
        if (warmFailed) {
            parts.warmLegs().renew();
        }
        if (over) {
            on.leg().abort();
        } else if (message instanceof LegMessage.Opened) {
            opened(on);
        } else if (message instanceof LegMessage.Unavailable) {
            leg = null;
            on.leg().closeGently();
            fail(TunnelFailures.notAvailable(id));
        } else {
            fail(TunnelFailures.lost(id, null));
        }
    }

    private void opened(AttachedLeg on) {
        opened = true;
        parts.tunnels().add(on.leg());
        EndToEnd.begin(
                        on.leg(),
                        new EndToEndResponder(id, psks, parts.random()),
                        TargetRequest.defaultTarget(),
                        parts.deadlines().answer())
                .onComplete(
                        tunnel -> {
                            leg = null;
                            if (!promise.tryComplete(new Reached(tunnel, on.node()))) {
                                on.leg().abort();
                            }
                        },
                        this::notBegun);
    }

    /** Its leg has ended, or the skeleton behind it is silent: another one may come. */
    private void notBegun(Throwable e) {
        leg = null;
        opened = false;
        lastFailure = e;
        boolean lost = e instanceof ConnectionLost || e instanceof EOFException || e instanceof TimeoutException;
        if (lost && !late) {
            retry();
        } else {
            fail(TunnelFailures.handshake(id, e));
        }
    }
}
