package dev.tcprelay.client;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.client.TunnelException.Failure;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The list of servers, page by page, one LIST under way at a time (docs/protocol.md, M18). On the client's context. */
final class Listing {
    /** More than any person has; a relay that sends on without end is stopped here. */
    private static final int MOST = 1_000_000;

    private final OwnContext own;
    private final Consumer<ControlMessage> sender;
    private final Duration patience;
    private final Deque<Promise<List<ServerInfo>>> waiting = new ArrayDeque<>();
    private @Nullable Promise<List<ServerInfo>> current;
    private List<ServerInfo> servers = new ArrayList<>();
    private Cancellable deadline = () -> {};
    /** Pages that were asked for on this connection, given up, and may still come. */
    private int unwanted;

    Listing(OwnContext own, Consumer<ControlMessage> sender, Duration patience) {
        this.own = own;
        this.sender = sender;
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
        deadline = own.after(patience, this::tooLate);
        sender.accept(new ListServers(last()));
    }

    private @Nullable ServerId last() {
        return servers.isEmpty() ? null : servers.get(servers.size() - 1).id();
    }

    void received(Servers page) {
        Promise<List<ServerInfo>> asking = current;
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
        done(promise -> promise.fail(
                new TunnelException(Failure.TIMED_OUT, "the relay did not list its servers in time: try again")));
    }

    /** The connection is gone, and all answers with it. */
    void lost(TunnelException cause) {
        unwanted = 0;
        deadline.cancel();
        List<Promise<List<ServerInfo>>> all = new ArrayList<>(waiting);
        waiting.clear();
        if (current != null) {
            all.add(0, current);
            current = null;
        }
        all.forEach(promise -> promise.fail(cause));
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
