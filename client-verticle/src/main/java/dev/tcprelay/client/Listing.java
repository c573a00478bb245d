package dev.tcprelay.client;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.NodeSession;
import dev.tcprelay.client.TunnelException.Failure;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Listed;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The list of servers, page by page, one LIST under way at a time (docs/protocol.md, M18). A page whose session is lost
 * is asked for over the next one: any node goes on where another one ended. On the client's context.
 */
final class Listing {
    /** More than any person has; a relay that sends on without end is stopped here. */
    private static final int MOST = 1_000_000;

    private final OwnContext own;
    private final Supplier<Optional<NodeSession>> sessions;
    private final Duration patience;
    private final Deque<Promise<List<ServerInfo>>> waiting = new ArrayDeque<>();
    private @Nullable Promise<List<ServerInfo>> current;
    private List<ServerInfo> servers = new ArrayList<>();
    private Cancellable deadline = () -> {};
    /** Where the last page was asked for; null: nowhere yet, for want of a session. */
    private @Nullable NodeSession asked;

    /** Pages that were asked for there, given up, and may still come. */
    private int unwanted;

    private String lost = "";

    /** @param sessions the one to be used, if there is one */
    Listing(OwnContext own, Supplier<Optional<NodeSession>> sessions, Duration patience) {
        this.own = own;
        this.sessions = sessions;
        this.patience = patience;
    }

    /** To be called while there is a session. */
    Future<List<ServerInfo>> begin() {
        Promise<List<ServerInfo>> promise = Promise.promise();
        waiting.add(promise);
        next();
        return promise.future();
    }

    private void next() {
        if (current == null && !waiting.isEmpty()) {
            current = waiting.remove();
            servers = new ArrayList<>();
            ask();
        }
    }

    private void ask() {
        lost = "";
        deadline = own.after(patience, this::tooLate);
        send();
    }

    private void send() {
        NodeSession before = asked;
        NodeSession now = sessions.get().orElse(null);
        if (now != before) {
            unwanted = 0;
        }
        asked = now;
        if (now != null) {
            now.send(new ListServers(last()));
        }
    }

    /** There is a session again. */
    void established() {
        if (current != null && asked == null) {
            send();
        }
    }

    private @Nullable ServerId last() {
        return servers.isEmpty() ? null : servers.get(servers.size() - 1).id();
    }

    void received(NodeSession from, Servers page) {
        Promise<List<ServerInfo>> asking = current;
        if (from != asked) {
            return;
        }
        if (unwanted > 0) {
            unwanted--;
            return;
        }
        if (asking == null) {
            return;
        }
        deadline.cancel();
        if (!append(page)) {
            done(promise -> promise.fail(new TunnelException(
                    Failure.OTHER, "the relay's list of servers is out of order or without end: ask its operator")));
        } else if (page.more()) {
            ask();
        } else {
            List<ServerInfo> all = List.copyOf(servers);
            done(promise -> promise.complete(all));
        }
    }

    /** Ids rise from page to page, so that every list comes to an end. */
    private boolean append(Servers page) {
        for (Listed listed : page.servers()) {
            ServerId last = last();
            if (last != null && listed.id().compareTo(last) <= 0) {
                return false;
            }
            servers.add(new ServerInfo(listed.id(), listed.skeletons()));
        }
        return servers.size() <= MOST && !(page.more() && page.servers().isEmpty());
    }

    private void tooLate() {
        unwanted++;
        TunnelException cause = lost.isEmpty()
                ? new TunnelException(Failure.TIMED_OUT, "the relay did not list its servers in time: try again")
                : TunnelFailures.relayDown("lost the relay: " + lost + "; try again", null);
        done(promise -> promise.fail(cause));
    }

    /** That session is gone, and its answers with it. */
    void lost(NodeSession session, String reason) {
        if (session == asked) {
            asked = null;
            lost = reason;
            if (current != null) {
                send();
            }
        }
    }

    private void done(Consumer<Promise<List<ServerInfo>>> end) {
        Promise<List<ServerInfo>> ending = current;
        current = null;
        servers = new ArrayList<>();
        if (ending != null) {
            end.accept(ending);
        }
        next();
    }
}
