package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One id and the server behind it: its registration, its spares, its answers, its health (docs/protocol.md, M19, M22
 * and M38). On the verticle's context.
 */
final class ServedServer implements Registration.Owner {
    private static final Logger log = LoggerFactory.getLogger(ServedServer.class);

    /** Answers whose client has not shown the psk yet: more at once are no service but an attack on this machine. */
    private static final int MOST_ANSWERS = 256;

    private final Site site;
    private final ServerId id;
    private final Spares spares;
    private final Registration registration;
    private final Consumer<ServerId> onServing;
    private SkeletonOptions.Server options;
    private Psk psk;
    private volatile Target target;
    private @Nullable HealthCheck health;
    private int answers;

    ServedServer(Site site, SkeletonOptions.Server options, Psk psk, Consumer<ServerId> onServing) {
        this.site = site;
        this.id = options.id();
        this.options = options;
        this.psk = psk;
        this.target = new Target(site, options.target(), options.connectTimeout());
        this.spares = new Spares(site, Attach.spare(id), options.spares(), this::leg);
        this.registration = new Registration(site, id, options.mode(), this);
        this.onServing = onServing;
        watchHealth();
    }

    private WaitingLeg leg(WaitingLeg.Owner owner) {
        return new WaitingLeg(site, id, psk, () -> target, owner);
    }

    /** Without a health check the id is always offered; with one its first result decides. */
    private void watchHealth() {
        if (health != null) {
            health.stop();
        }
        if (options.health() == null) {
            health = null;
            registration.offer();
        } else {
            health = new HealthCheck(site, id, target, options.health(), this::healthy);
            health.start();
        }
    }

    private void healthy(boolean now) {
        if (now) {
            registration.offer();
        } else {
            registration.withdraw();
        }
    }

    /** What the config says now. Running tunnels go on as they are. */
    void change(SkeletonOptions.Server now) {
        SkeletonOptions.Server before = options;
        options = now;
        target = new Target(site, now.target(), now.connectTimeout());
        spares.wanted(now.spares());
        registration.mode(now.mode());
        if (!before.target().equals(now.target()) || !Objects.equals(before.health(), now.health())) {
            watchHealth();
        }
        if (!before.target().equals(now.target())) {
            log.info("{} is served from {} from now on", id, target);
        }
    }

    /** The psk from now on. */
    void psk(Psk now) {
        if (!now.equals(psk)) {
            psk = now;
            spares.renew();
            log.info("{} has another psk", id);
        }
    }

    /** What the relay is told of it. */
    Registration registration() {
        return registration;
    }

    @Override
    public void available(boolean anew) {
        if (anew) {
            log.info("serving {} from {}", id, target);
            onServing.accept(id);
        }
        spares.resume();
    }

    @Override
    public void unavailable() {
        spares.suspend();
    }

    /** The relay asks for one more leg. */
    void need(Need need) {
        if (!registration.offered()) {
            return;
        }
        if (answers >= MOST_ANSWERS) {
            log.warn("{} has {} answers without a client; one more is not given", id, answers);
            return;
        }
        answers++;
        leg(new Answer()).open(Attach.answer(id, need.node(), need.token()));
    }

    /** Withdraws the id for good; running tunnels go on. */
    void withdraw() {
        if (health != null) {
            health.stop();
        }
        registration.withdraw();
        log.info("{} is served no more", id);
        // The relay closes them at once; only it knows which of them has just been given a client.
        site.after(site.timing().steady(), () -> {
            Future<Void> unused = spares.close();
        });
    }

    /** Closes what waits. Succeeds when it is closed. */
    Future<Void> close() {
        if (health != null) {
            health.stop();
        }
        registration.close();
        return spares.close();
    }

    /** Counts until the client has shown the psk. */
    private final class Answer implements WaitingLeg.Owner {
        @Override
        public void attached(WaitingLeg waiting) {}

        @Override
        public void started(WaitingLeg waiting, boolean ahead) {}

        @Override
        public void proven(WaitingLeg waiting) {
            answers--;
        }

        @Override
        public void ended(WaitingLeg waiting, String reason) {
            answers--;
            log.debug("an answer for {} came to nothing: {}", id, reason);
        }
    }
}
