package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Backoff;
import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.protocol.wire.Attach;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spares of one id (docs/protocol.md, M37 and M38): as many as wanted, each replaced when it gets its client, ends
 * or has grown old. One that ends soon after it was opened is a failure, after which the next waits. On the verticle's
 * context.
 */
final class Spares implements WaitingLeg.Owner {
    private static final Logger log = LoggerFactory.getLogger(Spares.class);

    private final Site site;
    private final Attach attach;
    private final Function<WaitingLeg.Owner, WaitingLeg> legs;
    private final Backoff backoff;
    private final Set<WaitingLeg> opening = new LinkedHashSet<>();
    /** Those that count. */
    private final Map<WaitingLeg, Age> waiting = new LinkedHashMap<>();

    /** Those that have a successor. */
    private final Map<WaitingLeg, Age> old = new LinkedHashMap<>();

    /** Those that have a client which was to come later and has not shown the psk yet. */
    private final Set<WaitingLeg> ahead = new HashSet<>();

    /** Those that are not what they should be any more, until they are known to be closed or in use. */
    private final Set<WaitingLeg> outdated = new HashSet<>();

    private int wanted;
    private boolean active;
    private boolean pausing;
    private Cancellable look;

    /**
     * How old a spare is.
     *
     * @param since when it was attached, {@link System#nanoTime}
     * @param renewal the age at which it gets a successor, in nanoseconds
     */
    private record Age(long since, long renewal) {
        long nanos() {
            return System.nanoTime() - since;
        }
    }

    Spares(Site site, Attach attach, int wanted, Function<WaitingLeg.Owner, WaitingLeg> legs) {
        this.site = site;
        this.attach = attach;
        this.wanted = wanted;
        this.legs = legs;
        this.backoff = new Backoff(site.random());
        this.look = site.after(site.timing().steady(), this::lookAtAges);
    }

    /** Another number from now on; spares that are too many are used up or grow old. */
    void wanted(int number) {
        wanted = number;
        fill();
    }

    /** Replaces all of them, since they are what they should not be any more. */
    void renew() {
        outdated.addAll(opening);
        opening.clear();
        old.putAll(waiting);
        waiting.clear();
        outdated.addAll(old.keySet());
        closeAhead();
        List.copyOf(old.keySet()).forEach(leg -> {
            Future<Void> unused = leg.close();
        });
        fill();
    }

    /** Keeps the number of spares from now on. */
    void resume() {
        active = true;
        fill();
    }

    /**
     * Opens no more; the relay closes those that there are. It does not close what it has given to a client ahead of
     * need: that must not lead here later, past skeletons that do serve the id.
     */
    void suspend() {
        active = false;
        closeAhead();
    }

    private void closeAhead() {
        ahead.forEach(WaitingLeg::closeUnlessProven);
    }

    /** Closes all that wait, for good. Succeeds when they are closed. */
    Future<Void> close() {
        suspend();
        look.cancel();
        List<Future<Void>> closed = new ArrayList<>();
        waiting.keySet().forEach(leg -> closed.add(leg.close()));
        old.keySet().forEach(leg -> closed.add(leg.close()));
        return Future.join(closed).mapEmpty();
    }

    private void fill() {
        while (active && !pausing && opening.size() + waiting.size() < wanted) {
            WaitingLeg leg = legs.apply(this);
            opening.add(leg);
            leg.open(attach);
        }
    }

    @Override
    public void attached(WaitingLeg leg) {
        if (!opening.remove(leg) || !active) {
            Future<Void> unused = leg.close();
            return;
        }
        Timing timing = site.timing();
        long spread = site.random().nextLong(1 + timing.renewalSpread().toNanos());
        waiting.put(leg, new Age(System.nanoTime(), timing.renewal().toNanos() + spread));
    }

    /**
     * The successor of an old spare comes first; the relay closes the old one when its time is over, and may give it a
     * client until then.
     */
    private void lookAtAges() {
        Timing timing = site.timing();
        if (waiting.values().stream()
                .anyMatch(age -> age.nanos() >= timing.steady().toNanos())) {
            backoff.reset();
        }
        if (active) {
            waiting.forEach((leg, age) -> {
                if (age.nanos() >= age.renewal()) {
                    old.put(leg, age);
                }
            });
            waiting.keySet().removeAll(old.keySet());
            fill();
        }
        old.forEach((leg, age) -> {
            if (age.nanos() >= timing.retirement().toNanos()) {
                Future<Void> unused = leg.close();
            }
        });
        look = site.after(timing.steady(), this::lookAtAges);
    }

    @Override
    public void started(WaitingLeg leg, boolean aheadOfNeed) {
        old.remove(leg);
        waiting.remove(leg);
        boolean good = !outdated.remove(leg) && active;
        if (aheadOfNeed && good) {
            ahead.add(leg);
        } else if (aheadOfNeed) {
            leg.closeUnlessProven();
        }
        fill();
    }

    @Override
    public void proven(WaitingLeg leg) {
        ahead.remove(leg);
    }

    @Override
    public void ended(WaitingLeg leg, String reason) {
        outdated.remove(leg);
        Age age = waiting.remove(leg);
        boolean young = age != null && age.nanos() < site.timing().steady().toNanos();
        boolean failed = opening.remove(leg) || young;
        if (old.remove(leg) == null && active && failed) {
            log.debug("a spare of {} came to nothing: {}", attach.server(), reason);
            pause();
        }
        fill();
    }

    /** One wait at a time, however many spares fail in it. */
    private void pause() {
        if (!pausing) {
            pausing = true;
            site.after(backoff.afterFailure(), () -> {
                pausing = false;
                fill();
            });
        }
    }
}
