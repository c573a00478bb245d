package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.wire.NodeId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Members and a bus in memory. A test decides when messages arrive, and who sees whom. */
final class FakeCluster {
    private final Map<NodeId, Seat> seats = new ConcurrentSkipListMap<>(Comparator.comparing(NodeId::toString));
    private final Set<Set<NodeId>> cut = ConcurrentHashMap.newKeySet();
    /** Gets every message that is under way; runs it when it arrives, never or twice. */
    volatile Consumer<Runnable> wire = Runnable::run;

    /** The place of a new node. */
    Seat seat() {
        return seat(NodeId.random(Relay.RANDOM));
    }

    Seat seat(NodeId id) {
        return new Seat(id);
    }

    /** Two nodes lose sight of each other, or find each other again. */
    void see(Seat one, Seat other, boolean seen) {
        Set<NodeId> pair = Set.of(one.id, other.id);
        if (seen ? cut.remove(pair) : cut.add(pair)) {
            one.noticed(other, seen);
            other.noticed(one, seen);
        }
    }

    private boolean seen(NodeId one, NodeId other) {
        return !cut.contains(Set.of(one, other));
    }

    /** One node as it sees the others. */
    final class Seat implements Members, Bus {
        final NodeId id;
        private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
        private int peerPort;
        private @Nullable Desk desk;
        private @Nullable Context context;

        private Seat(NodeId id) {
            this.id = id;
        }

        /** Becomes a member. */
        void join(int port) {
            peerPort = port;
            seats.put(id, this);
            seats.values().stream().filter(other -> other != this).forEach(other -> {
                other.noticed(this, true);
                noticed(other, true);
            });
        }

        /** Is gone for all others. */
        void leave() {
            seats.remove(id);
            seats.values().forEach(other -> other.noticed(this, false));
        }

        private void noticed(Seat other, boolean there) {
            if (there) {
                watchers.forEach(watcher -> watcher.joined(other.member()));
            } else {
                watchers.forEach(watcher -> watcher.left(other.id));
            }
        }

        private Member member() {
            return new Member(id, id.toString().substring(0, 4), "test", new HostPort("127.0.0.1", peerPort));
        }

        @Override
        public NodeId self() {
            return id;
        }

        @Override
        public java.util.Optional<Member> own() {
            return java.util.Optional.of(member());
        }

        @Override
        public Collection<Member> others() {
            return seats.values().stream()
                    .filter(other -> seats.containsKey(id) && other != this && seen(id, other.id))
                    .map(Seat::member)
                    .toList();
        }

        @Override
        public void watch(Watcher watcher) {
            watchers.add(watcher);
        }

        @Override
        public void send(NodeId to, JsonObject message) {
            String text = message.encode();
            wire.accept(() -> {
                Seat there = seats.get(to);
                if (there != null && there.desk != null && seen(id, to)) {
                    Desk taking = there.desk;
                    there.run(() -> taking.told(new JsonObject(text)));
                }
            });
        }

        @Override
        public Future<Boolean> ask(NodeId to, JsonObject message, Duration deadline) {
            String text = message.encode();
            Promise<Boolean> answer = Promise.promise();
            Seat there = seats.get(to);
            if (there == null || there.desk == null || !seen(id, to)) {
                return Future.failedFuture("gone");
            }
            Desk asked = there.desk;
            wire.accept(() -> there.run(
                    () -> asked.asked(new JsonObject(text)).onComplete(answer::tryComplete, answer::tryFail)));
            return answer.future();
        }

        private void run(Runnable action) {
            Context on = context;
            if (on == null) {
                action.run();
            } else {
                on.runOnContext(v -> action.run());
            }
        }

        @Override
        public Future<Void> serve(Desk taking) {
            context = Vertx.currentContext();
            desk = taking;
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> close() {
            desk = null;
            return Future.succeededFuture();
        }
    }
}
