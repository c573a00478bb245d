package dev.tcprelay.channel;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a peer that has a session looks for one with another node. Behind a load balancer only another connection can
 * lead there, so a few tries follow each other quickly; when all have met nodes that are known it takes its time. A
 * relay that says it is a single node is believed until another node shows itself. Used on one thread.
 */
final class Redial {
    private static final int QUICK = 4;
    private static final Duration GAP = Duration.ofMillis(400);
    private static final int LARGEST_DOUBLING = 4;

    private final RandomGenerator random;
    private final Redialling times;
    private final Backoff backoff;
    private boolean several;
    private boolean alone;
    private int met;
    private long triedAt = System.nanoTime();

    Redial(RandomGenerator random, Redialling times) {
        this.random = random;
        this.times = times;
        this.backoff = new Backoff(random);
    }

    /** There is a new reason to look for another node. */
    void anew() {
        met = 0;
    }

    /** A try has met a node that is known. */
    void metAgain() {
        met++;
    }

    /** A try begins. */
    void tried() {
        triedAt = System.nanoTime();
    }

    /** A node has said how many there are; 0: it does not tell. */
    void told(int nodes) {
        alone = nodes == 1;
        several &= !alone;
    }

    /** True while nobody is there to be looked for. */
    boolean alone() {
        return alone;
    }

    /** A node with which there is no session has shown itself. True if that is worth a try now. */
    boolean othersSeen() {
        boolean news = !several;
        several = true;
        alone = false;
        return news || System.nanoTime() - triedAt > times.rare().toNanos() / 6;
    }

    /** True while the next try follows soon. A relay that seems to be a single node is looked at rarely. */
    boolean quick(boolean urgent) {
        return met < QUICK && (urgent || several);
    }

    /**
     * Before the next try. The first one is spread, since a node that stops or is lost makes all of its peers look at
     * once.
     *
     * @param urgent no session is there that may stay
     */
    Duration next(boolean urgent) {
        if (quick(urgent)) {
            return met == 0 ? soon() : upTo(GAP);
        }
        return urgent ? backoff.afterFailure() : rare();
    }

    /** Before a try that somebody else's word has brought about. */
    Duration soon() {
        return upTo(times.spread());
    }

    private Duration rare() {
        int doublings = several ? 0 : Math.min(met, LARGEST_DOUBLING);
        long middle = times.rare().toMillis() << doublings;
        return Duration.ofMillis(middle / 2 + random.nextLong(middle));
    }

    private Duration upTo(Duration most) {
        return Duration.ofMillis(1 + random.nextLong(most.toMillis()));
    }

    /** After a try that has reached no node, or none that took it. */
    Duration afterFailure(boolean patient) {
        return patient ? backoff.afterRefusal() : backoff.afterFailure();
    }

    /** A session has held for a while. */
    void held() {
        backoff.reset();
    }
}
