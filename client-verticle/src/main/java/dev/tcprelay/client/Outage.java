package dev.tcprelay.client;

import dev.tcprelay.channel.Cancellable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whether there is a session with the relay. In the first seconds without one, counted anew whenever the relay answers
 * on a leg, tunnels are tried as long as there is a ticket, which any node takes, and else wait for it; after these
 * they fail at once (docs/protocol.md, M68). On the client's context.
 */
final class Outage {
    private final OwnContext own;
    private final Duration patience;
    private final Runnable known;
    private final BooleanSupplier ticket;
    private final String relay;
    private final List<Promise<Void>> waiting = new ArrayList<>();
    private Cancellable timer = () -> {};
    private boolean over;
    private boolean forEver;
    private boolean patient = true;
    private String reason = "not logged in yet";

    /**
     * @param ticket whether there is one that can be used
     * @param known called when an outage lasts longer than the patience
     */
    Outage(OwnContext own, Duration patience, String relay, BooleanSupplier ticket, Runnable known) {
        this.own = own;
        this.patience = patience;
        this.relay = relay;
        this.ticket = ticket;
        this.known = known;
    }

    /** The session is lost, or has not been there yet. */
    void began(String why) {
        over = false;
        reason = why;
        bePatient();
    }

    private void bePatient() {
        patient = true;
        timer.cancel();
        timer = own.after(patience, this::patienceIsOver);
    }

    /** The relay has answered on a leg: only the session is missing. */
    void answered() {
        if (!over && !forEver) {
            bePatient();
        }
    }

    /** Why it goes on. */
    void because(String why) {
        reason = why;
    }

    /** There will be no session any more. */
    void forEver(String why) {
        over = false;
        forEver = true;
        reason = why;
        timer.cancel();
        patienceIsOver();
    }

    private void patienceIsOver() {
        patient = false;
        List<Promise<Void>> failing = take();
        failing.forEach(promise -> promise.fail(failure()));
        known.run();
    }

    void ended() {
        over = true;
        timer.cancel();
        take().forEach(Promise::complete);
    }

    boolean over() {
        return over;
    }

    private List<Promise<Void>> take() {
        List<Promise<Void>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** Succeeds when there is a session; fails with RELAY_DOWN once the patience is over. */
    Future<Void> end() {
        if (over) {
            return Future.succeededFuture();
        }
        if (!patient) {
            return Future.failedFuture(failure());
        }
        Promise<Void> promise = Promise.promise();
        waiting.add(promise);
        return promise.future();
    }

    /** Succeeds when a leg may be tried; fails like {@link #end}. */
    Future<Void> passable() {
        return patient && ticket.getAsBoolean() ? Future.succeededFuture() : end();
    }

    private TunnelException failure() {
        return TunnelFailures.relayDown(
                "there is no session with the relay at " + relay + " (" + reason + "); see the log of this client",
                null);
    }
}
