package dev.tcprelay.skeleton;

import dev.tcprelay.channel.NodeSession;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One id at all the nodes with which there is a session: while it is offered it is registered at each, and it is served
 * while one of them says that it is available. On the verticle's context.
 */
final class Registration {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private final Site site;
    private final ServerId id;
    private final Owner owner;
    private final Map<NodeSession, NodeRegistration> nodes = new LinkedHashMap<>();
    private Mode mode;
    private boolean offered;
    private boolean served;

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
    }

    /** A session stands, perhaps in the place of another one with the same node, which had what that has now. */
    void established(NodeSession session, @Nullable NodeSession replaced) {
        NodeRegistration before = replaced == null ? null : nodes.remove(replaced);
        Status status = before == null ? null : before.status();
        if (before != null) {
            before.over();
        }
        var node = new NodeRegistration(site, id, session, mode, status);
        nodes.put(session, node);
        if (offered) {
            node.register(mode);
        }
    }

    /** That session is gone. */
    void lost(NodeSession session) {
        NodeRegistration node = nodes.remove(session);
        if (node != null) {
            node.over();
        }
        decide();
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
            nodes.values().forEach(NodeRegistration::unregister);
            decide();
        }
    }

    /** Nothing is said any more, and nothing heard. */
    void close() {
        offered = false;
        nodes.values().forEach(NodeRegistration::over);
        decide();
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

    private void register() {
        if (offered) {
            nodes.values().forEach(node -> node.register(mode));
        }
    }

    /** Whether the id is available over that session if it is over any. */
    boolean stands(NodeSession session) {
        NodeRegistration node = nodes.get(session);
        return !offered || !served || (node != null && node.available());
    }

    /** A node's word. */
    void registered(NodeSession session, Status now) {
        NodeRegistration node = nodes.get(session);
        if (node == null) {
            return;
        }
        boolean changed = node.answered(now);
        if (now == Status.AVAILABLE && served) {
            owner.available(false);
        }
        decide();
        if (changed && now != Status.AVAILABLE) {
            refused(session, now);
        }
    }

    private void refused(NodeSession session, Status why) {
        if (served) {
            log.info("{} is not served over node {}: {}; trying again", id, session.node(), explain(why));
        } else {
            log.warn("{} is not served: {}; trying again", id, explain(why));
        }
    }

    /** Whether it is served is a matter of all nodes together. */
    private void decide() {
        boolean now = nodes.values().stream().anyMatch(NodeRegistration::available);
        if (now && !served) {
            served = true;
            owner.available(true);
        } else if (!now) {
            served = false;
            owner.unavailable();
        }
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
}
