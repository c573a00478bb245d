package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message of a control connection, in the order of docs/protocol.md section 5. Times are in seconds. */
public sealed interface ControlMessage {

    /** Calls the handler's method for this message. */
    void deliver(Handler handler);

    /** One method for each message, so that whoever forgets one does not compile. */
    interface Handler {
        void confirm(Confirm message);

        void welcome(Welcome message);

        void ticket(Ticket message);

        void ping(Ping message);

        void pong(Pong message);

        void goAway(GoAway message);

        void bye(Bye message);

        void fault(Fault message);

        void listServers(ListServers message);

        void servers(Servers message);

        void register(Register message);

        void registered(Registered message);

        void unregister(Unregister message);

        void need(Need message);
    }

    /** The first record of a peer: proves that it holds the user's key. */
    record Confirm(Instance instance) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.confirm(this);
        }
    }

    /**
     * What a session should know. {@code nodes} is how many the cluster has now, 0 where the relay does not tell;
     * {@code nextKey} is there while a change of the relay's key is announced.
     */
    record Welcome(
            NodeId node,
            int clientPort,
            int skeletonPort,
            int nodes,
            @Nullable PublicKey nextKey) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.welcome(this);
        }
    }

    /** A ticket for legs, its secret, and for how long both are good. */
    record Ticket(SealedTicket ticket, TicketSecret secret, int lifetime) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.ticket(this);
        }
    }

    /** Asks for PONG at once. */
    record Ping() implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.ping(this);
        }
    }

    /** The answer to PING. */
    record Pong() implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.pong(this);
        }
    }

    /** The peer is to open a new control connection, to another node if it can, then to say BYE on this one. */
    record GoAway(String reason, int grace) implements ControlMessage {
        /** The node will stop. */
        public static final String DRAIN = "drain";

        /** The node has more sessions than others, and goes on: a peer that meets it again stays. */
        public static final String REBALANCE = "rebalance";

        public GoAway {
            reason = Texts.printable(reason, Texts.CODE);
        }

        @Override
        public void deliver(Handler handler) {
            handler.goAway(this);
        }
    }

    /** The sender closes. */
    record Bye() implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.bye(this);
        }
    }

    /**
     * ERROR: the sender closes. Codes that this version does not know are kept. Both texts may be shown on a terminal:
     * what is not printable in them is replaced, and they are cut at 64 and 256 characters.
     */
    record Fault(String code, String message) implements ControlMessage {
        public static final String PROTOCOL = "protocol";
        public static final String LIMIT = "limit";
        public static final String REVOKED = "revoked";
        public static final String REPLACED = "replaced";

        public Fault {
            code = Texts.printable(code, Texts.CODE);
            message = Texts.printable(message, Texts.MESSAGE);
        }

        @Override
        public void deliver(Handler handler) {
            handler.fault(this);
        }
    }

    /** LIST: asks for the servers whose ids come after this one, or all from the beginning. */
    record ListServers(@Nullable ServerId after) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.listServers(this);
        }
    }

    /** An available server and by how many skeletons it is served. */
    record Listed(ServerId id, int skeletons) {}

    /** A page of servers in order of id; {@code more} tells that another LIST brings more. */
    record Servers(List<Listed> servers, boolean more) implements ControlMessage {
        public Servers {
            servers = List.copyOf(servers);
        }

        /** Takes from the iterator what fits into one page, at most 12 KiB (rule M18), in its order. */
        public static Servers page(Iterator<Listed> sorted) {
            List<Listed> page = new ArrayList<>();
            int size = Layout.SERVERS_FRAME;
            while (sorted.hasNext()) {
                Listed next = sorted.next();
                size += Layout.SERVERS_ENTRY
                        + next.id().value().length()
                        + Integer.toString(next.skeletons()).length();
                if (size > Layout.SERVERS_PAGE) {
                    return new Servers(page, true);
                }
                page.add(next);
            }
            return new Servers(page, false);
        }

        @Override
        public void deliver(Handler handler) {
            handler.servers(this);
        }
    }

    /** A skeleton serves an id from now on, alone or beside others. */
    record Register(ServerId id, Mode mode) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.register(this);
        }
    }

    /** The relay's word on a REGISTER, and later on a withdrawal. */
    record Registered(ServerId id, Status status) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.registered(this);
        }
    }

    /** A skeleton no longer serves an id. */
    record Unregister(ServerId id) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.unregister(this);
        }
    }

    /** Asks a skeleton for one new leg, to be attached as an answer with this token and meeting node (rule M22). */
    record Need(ServerId id, Token token, NodeId node) implements ControlMessage {
        @Override
        public void deliver(Handler handler) {
            handler.need(this);
        }
    }
}
