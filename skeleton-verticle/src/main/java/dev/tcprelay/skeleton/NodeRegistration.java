package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Backoff;
import dev.tcprelay.channel.NodeSession;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import org.jspecify.annotations.Nullable;

/**
 * What one node is told of one id, and what it answers (docs/protocol.md, M19). An id that it does not take is tried
 * again. On the verticle's context.
 */
final class NodeRegistration {
    private final Site site;
    private final ServerId id;
    private final NodeSession session;
    private final Backoff backoff;
    private Mode mode;
    private boolean wanted;
    private boolean retrying;
    /** The node's last word; null while nothing is registered. */
    private @Nullable Status status;

    /** @param status what the node has of an older session in whose place this one is; null: nothing */
    NodeRegistration(Site site, ServerId id, NodeSession session, Mode mode, @Nullable Status status) {
        this.site = site;
        this.id = id;
        this.session = session;
        this.mode = mode;
        this.status = status;
        this.backoff = new Backoff(site.random());
    }

    @Nullable
    Status status() {
        return status;
    }

    boolean available() {
        return status == Status.AVAILABLE;
    }

    /** From now on the id is to be registered there, in this mode. */
    void register(Mode as) {
        wanted = true;
        mode = as;
        session.send(new Register(id, as));
    }

    /** From now on it is not. */
    void unregister() {
        over();
        session.send(new Unregister(id));
    }

    /** The session is gone, or the id is no longer wanted. */
    void over() {
        wanted = false;
        status = null;
    }

    /** The node's word. True if it says something new; it may have crossed a withdrawal. */
    boolean answered(Status now) {
        if (!wanted) {
            return false;
        }
        boolean changed = status != now;
        status = now;
        if (now == Status.AVAILABLE) {
            backoff.reset();
        } else {
            retry();
        }
        return changed;
    }

    private void retry() {
        if (!retrying) {
            retrying = true;
            site.after(backoff.afterRefusal(), () -> {
                retrying = false;
                if (wanted && !available()) {
                    register(mode);
                }
            });
        }
    }
}
