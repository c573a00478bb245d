package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Backoff;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One id and the server behind it: its registration, its spares, its answers (docs/protocol.md, M19, M22 and M38). On
 * the verticle's context.
 */
final class ServedServer {
    private static final Logger log = LoggerFactory.getLogger(ServedServer.class);

    /** Answers whose client has not shown the psk yet: more at once are no service but an attack on this machine. */
    private static final int MOST_ANSWERS = 256;

    private final Site site;
    private final SkeletonOptions.Server options;
    private final Psk psk;
    private final Target target;
    private final Spares spares;
    private final Backoff backoff;
    private final Consumer<ServerId> onServing;
    private @Nullable Status status;
    private boolean connected;
    private boolean retrying;
    private int answers;

    ServedServer(Site site, SkeletonOptions.Server options, Psk psk, Consumer<ServerId> onServing) {
        this.site = site;
        this.options = options;
        this.psk = psk;
        this.target = new Target(site, options.target(), options.connectTimeout());
        this.spares = new Spares(site, Attach.spare(options.id()), options.spares(), this::leg);
        this.backoff = new Backoff(site.random());
        this.onServing = onServing;
    }

    private WaitingLeg leg(WaitingLeg.Owner owner) {
        return new WaitingLeg(site, options.id(), psk, target, owner);
    }

    /** The session stands, for the first time or again. */
    void established() {
        connected = true;
        backoff.reset();
        register();
    }

    /** The session is gone; joined tunnels go on. */
    void lost() {
        connected = false;
        status = null;
        spares.suspend();
    }

    private void register() {
        site.session().send(new Register(options.id(), options.mode()));
    }

    /** The relay's word on the registration. */
    void registered(Status now) {
        boolean changed = status != now;
        status = now;
        if (now == Status.AVAILABLE) {
            backoff.reset();
            if (changed) {
                log.info("serving {} from {}", options.id(), target);
                onServing.accept(options.id());
            }
            spares.resume();
            return;
        }
        spares.suspend();
        if (changed) {
            log.warn("{} is not served: {}; trying again", options.id(), explain(now));
        }
        retry();
    }

    private String explain(Status why) {
        return switch (why) {
            case FORBIDDEN ->
                "the account has no serve grant for it; its line in the relay's users file needs serve=" + options.id();
            case IN_USE ->
                "another account serves it, or another skeleton does and one of the two wants it exclusively";
            case LIMIT -> "the relay takes no more ids of this session";
            case WITHDRAWN -> "the relay has withdrawn it, since the account's serve grant is gone";
            case AVAILABLE -> "it is";
        };
    }

    private void retry() {
        if (!retrying) {
            retrying = true;
            site.after(backoff.afterRefusal(), () -> {
                retrying = false;
                if (connected && status != Status.AVAILABLE) {
                    register();
                }
            });
        }
    }

    /** The relay asks for one more leg. */
    void need(Need need) {
        if (answers >= MOST_ANSWERS) {
            log.warn("{} has {} answers without a client; one more is not given", options.id(), answers);
            return;
        }
        answers++;
        leg(new Answer()).open(Attach.answer(options.id(), need.node(), need.token()));
    }

    /** Closes what waits. Succeeds when it is closed. */
    Future<Void> close() {
        connected = false;
        return spares.close();
    }

    /** Counts until the client has shown the psk. */
    private final class Answer implements WaitingLeg.Owner {
        @Override
        public void attached(WaitingLeg waiting) {}

        @Override
        public void started(WaitingLeg waiting) {}

        @Override
        public void proven(WaitingLeg waiting) {
            answers--;
        }

        @Override
        public void ended(WaitingLeg waiting, String reason) {
            answers--;
            log.debug("an answer for {} came to nothing: {}", options.id(), reason);
        }
    }
}
