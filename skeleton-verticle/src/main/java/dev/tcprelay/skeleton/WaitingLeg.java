package dev.tcprelay.skeleton;

import dev.tcprelay.channel.AttachedLeg;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.EndToEndInitiator;
import dev.tcprelay.protocol.wire.LegMessage;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A skeleton's leg up to message 2: attached, message 1 right behind ATTACH, waiting for START, then, as a
 * {@link Tunnel}, for the client to show the psk (docs/protocol.md, sections 8 and 9). Lives on the leg's loop; its
 * owner is called on the verticle's context.
 */
final class WaitingLeg {
    private final Site site;
    private final ServerId server;
    private final Psk psk;
    private final Supplier<Target> target;
    private final Owner owner;
    private @Nullable EndToEndInitiator handshake;
    private volatile @Nullable Leg leg;
    private boolean started;
    private boolean proven;

    /** Whoever wanted the leg. Each call comes at most once; {@code started} or {@code ended} tells its end. */
    interface Owner {
        /** The relay has taken it. */
        void attached(WaitingLeg waiting);

        /** It has a client; {@code ahead}: one that may show the psk only minutes later. */
        void started(WaitingLeg waiting, boolean ahead);

        /** Its client has shown the psk, or is gone. Only after {@code started}. */
        default void proven(WaitingLeg waiting) {}

        /** It never was attached, or is gone without a client. */
        void ended(WaitingLeg waiting, String reason);
    }

    /** @param target is asked, on the leg's loop, when the client has shown the psk */
    WaitingLeg(Site site, ServerId server, Psk psk, Supplier<Target> target, Owner owner) {
        this.site = site;
        this.server = server;
        this.psk = psk;
        this.target = target;
        this.owner = owner;
    }

    void open(Attach attach) {
        site.session()
                .attach(attach, this::message1)
                .onComplete(
                        attached -> attached.leg().run(() -> attached(attached)),
                        e -> ended(String.valueOf(e.getMessage())));
    }

    /** A fresh handshake for each attempt: no message 1 is ever sent twice. */
    private void message1(Leg to, LegRecords records) {
        var fresh = new EndToEndInitiator(server, psk, site.random());
        to.write(Unpooled.wrappedBuffer(fresh.message1()));
        handshake = fresh;
    }

    private void attached(AttachedLeg attached) {
        Leg own = attached.leg();
        leg = own;
        site.onContext(() -> owner.attached(this));
        attached.records().await(message -> started(own, message), e -> {
            own.closeGently();
            ended(String.valueOf(e.getMessage()));
        });
    }

    private void started(Leg own, LegMessage message) {
        EndToEndInitiator fresh = handshake;
        started = true;
        if (message instanceof LegMessage.Start start && fresh != null) {
            site.onContext(() -> owner.started(this, start.ahead()));
            new Tunnel(site, server, target, own, start).run(fresh, this::proven);
        } else {
            own.abort();
            ended("the relay sent another record than START");
        }
    }

    private void proven() {
        proven = true;
        site.onContext(() -> owner.proven(this));
    }

    private void ended(String reason) {
        site.onContext(() -> owner.ended(this, reason));
    }

    /**
     * Closes it if it is attached and has no client, which may have come just now, while the owner still waits to be
     * told. Succeeds when it is closed, or in use. From any thread.
     */
    Future<Void> close() {
        Leg attached = leg;
        if (attached == null) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        attached.run(() -> {
            if (started) {
                done.complete();
            } else {
                attached.closeGently();
                attached.closed().onComplete(done);
            }
        });
        return done.future();
    }

    /** Closes it unless its client has shown the psk. From any thread. */
    void closeUnlessProven() {
        Leg attached = leg;
        if (attached != null) {
            attached.run(() -> {
                if (!proven) {
                    attached.closeGently();
                }
            });
        }
    }
}
