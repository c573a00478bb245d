package dev.tcprelay.client;

import dev.tcprelay.channel.AttachedLeg;
import dev.tcprelay.channel.Backoff;
import dev.tcprelay.channel.Behind;
import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.protocol.wire.Attach;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attached legs that wait, so that opening a tunnel costs one round trip (docs/protocol.md, section 7). They are
 * replaced as they are taken or end, and renewed before the relay would close them. On the client's context and its
 * event loop.
 */
final class WarmLegs {
    private static final Logger log = LoggerFactory.getLogger(WarmLegs.class);

    private final OwnContext own;
    private final Attacher attacher;
    private final int wanted;
    private final Deadlines deadlines;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final Deque<Warm> ready = new ArrayDeque<>();
    private boolean filling;
    private boolean resting;
    private int underWay;

    /** Makes legs. */
    @FunctionalInterface
    interface Attacher {
        Future<AttachedLeg> attach(Attach attach, Behind behind);
    }

    WarmLegs(OwnContext own, Attacher attacher, int wanted, Deadlines deadlines, RandomGenerator random) {
        this.own = own;
        this.attacher = attacher;
        this.wanted = wanted;
        this.deadlines = deadlines;
        this.random = random;
        this.backoff = new Backoff(random);
    }

    /** There is a session, perhaps with another relay or over another network than before: keep the pool full. */
    void fill() {
        filling = true;
        renew();
        refill();
    }

    /** What is there may be dead: keep others in its place. */
    void renew() {
        List.copyOf(ready).forEach(Warm::dismiss);
    }

    /** The session is lost: what is there may still be taken, but nothing is added. */
    void hold() {
        filling = false;
    }

    /** The relay is down: keep nothing. */
    void empty() {
        filling = false;
        renew();
    }

    int size() {
        return ready.size();
    }

    /** A warm leg, whose next receiver is to be set at once, or null. */
    @Nullable
    AttachedLeg take() {
        Warm oldest = ready.poll();
        if (oldest == null) {
            return null;
        }
        oldest.age.cancel();
        own.run(this::refill);
        return oldest.attached;
    }

    private void refill() {
        while (filling && !resting && ready.size() + underWay < wanted) {
            underWay++;
            attacher.attach(Attach.client(), Behind.nothing()).onComplete(this::attached, this::failed);
        }
    }

    private void attached(AttachedLeg attached) {
        underWay--;
        if (filling) {
            ready.add(new Warm(attached));
        } else {
            attached.leg().closeGently();
        }
    }

    private void failed(Throwable e) {
        underWay--;
        log.debug("no warm leg: {}", e.getMessage());
        rest();
    }

    private void rest() {
        if (!resting) {
            resting = true;
            own.after(backoff.afterFailure(), () -> {
                resting = false;
                refill();
            });
        }
    }

    /** One leg that waits. */
    private final class Warm {
        private final AttachedLeg attached;
        private final Cancellable age;
        private boolean old;

        Warm(AttachedLeg attached) {
            this.attached = attached;
            // No two programs that started together renew together.
            double share = 0.8 + 0.2 * random.nextDouble();
            var life = Duration.ofNanos((long) (deadlines.warmLife().toNanos() * share));
            Cancellable youth = attached.leg().after(deadlines.young(), this::grown);
            Cancellable end = attached.leg().after(life, this::dismiss);
            age = () -> {
                youth.cancel();
                end.cancel();
            };
            var unused = attached.records().await(message -> ended(), e -> ended());
        }

        private void grown() {
            old = true;
            backoff.reset();
        }

        /** The relay has closed it, or said what it may not say before OPEN. */
        private void ended() {
            if (ready.remove(this)) {
                age.cancel();
                attached.leg().abort();
                if (old) {
                    own.run(WarmLegs.this::refill);
                } else {
                    own.run(WarmLegs.this::rest);
                }
            }
        }

        /** Nobody has needed it. */
        private void dismiss() {
            if (ready.remove(this)) {
                age.cancel();
                attached.leg().closeGently();
                own.run(WarmLegs.this::refill);
            }
        }
    }
}
