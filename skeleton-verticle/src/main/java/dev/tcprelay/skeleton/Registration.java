package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Backoff;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the relay is told of one id, and what it answers (docs/protocol.md, M19). The id is registered while it is
 * offered and the session stands; one that the relay does not take is tried again. On the verticle's context.
 */
final class Registration {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private final Site site;
    private final ServerId id;
    private final Owner owner;
    private final Backoff backoff;
    private Mode mode;
    private boolean connected;
    private boolean offered;
    private boolean retrying;
    /** The relay's last word; null while nothing is registered. */
    private @Nullable Status status;

    /** Whose registration it is. */
    interface Owner {
        /** Clients may come. */
        void available(boolean anew);

        /** No more clients will come. */
        void unavailable();
    }

    Registration(Site site, ServerId id, Mode mode, Owner owner) {
        this.site = site;
        this.id = id;
        this.mode = mode;
        this.owner = owner;
        this.backoff = new Backoff(site.random());
    }

    /** The session stands, for the first time or again. */
    void established() {
        connected = true;
        backoff.reset();
        register();
    }

    /** The session is gone. */
    void lost() {
        connected = false;
        over();
    }

    /** From now on the id is to be available. */
    void offer() {
        if (!offered) {
            offered = true;
            register();
        }
    }

    /** From now on it is not; the relay closes its spares. */
    void withdraw() {
        if (offered) {
            offered = false;
            over();
            site.session().send(new Unregister(id));
        }
    }

    boolean offered() {
        return offered;
    }

    /** The relay replaces a registration by one with another mode. */
    void mode(Mode other) {
        if (mode != other) {
            mode = other;
            register();
        }
    }

    private void over() {
        status = null;
        owner.unavailable();
    }

    private void register() {
        if (connected && offered) {
            site.session().send(new Register(id, mode));
        }
    }

    /** The relay's word. It may have crossed a withdrawal. */
    void registered(Status now) {
        if (!connected || !offered) {
            return;
        }
        boolean changed = status != now;
        status = now;
        if (now == Status.AVAILABLE) {
            backoff.reset();
            owner.available(changed);
            return;
        }
        owner.unavailable();
        if (changed) {
            log.warn("{} is not served: {}; trying again", id, explain(now));
        }
        retry();
    }

    private String explain(Status why) {
        return switch (why) {
            case FORBIDDEN ->
                "the account has no serve grant for it; its line in the relay's users file needs serve=" + id;
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
                if (status != Status.AVAILABLE) {
                    register();
                }
            });
        }
    }
}
