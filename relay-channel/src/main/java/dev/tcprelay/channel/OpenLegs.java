package dev.tcprelay.channel;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The legs that a verticle has open, so that it can close them when it stops. A leg leaves the set when it is closed.
 * For any thread.
 *
 * <p>Vert.x, too, resets what its servers and clients still have open when these are closed or their verticle is
 * undeployed; this set is for everything that shall end earlier, in a known order, or be counted.
 */
public final class OpenLegs {
    private final Set<Leg> legs = ConcurrentHashMap.newKeySet();

    /** Adds a leg and returns it. */
    public Leg add(Leg leg) {
        legs.add(leg);
        leg.closed().onComplete(done -> legs.remove(leg));
        return leg;
    }

    public int size() {
        return legs.size();
    }

    /** Resets all legs, each on its loop. Succeeds when all are closed. */
    public Future<Void> abortAll() {
        return closeBy(Leg::abort);
    }

    /** Closes all legs gently, each on its loop. Succeeds when all are closed, after at most 5 s. */
    public Future<Void> closeAllGently() {
        return closeBy(Leg::closeGently);
    }

    private Future<Void> closeBy(Consumer<Leg> action) {
        List<Leg> open = List.copyOf(legs);
        open.forEach(leg -> leg.run(() -> action.accept(leg)));
        return Future.join(open.stream().map(Leg::closed).toList()).mapEmpty();
    }
}
