package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bus on Vert.x' clustered event bus: one address and one consumer for each node, since what a dead node has
 * registered there costs the others time. Vert.x does not fail what was asked of a node that died; this does.
 */
final class NodeBus implements Bus, Members.Watcher {
    private static final String ADDRESS = "relay.node.";

    private final EventBus eventBus;
    private final Members members;
    private final Map<NodeId, Set<Promise<Boolean>>> asked = new HashMap<>();
    private @Nullable MessageConsumer<JsonObject> consumer;

    NodeBus(EventBus eventBus, Members members) {
        this.eventBus = eventBus;
        this.members = members;
        members.watch(this);
    }

    @Override
    public void send(NodeId to, JsonObject message) {
        EventBus unused = eventBus.send(ADDRESS + to, message);
    }

    @Override
    public Future<Boolean> ask(NodeId to, JsonObject message, Duration deadline) {
        Promise<Boolean> answer = Promise.promise();
        synchronized (this) {
            asked.computeIfAbsent(to, node -> new HashSet<>()).add(answer);
        }
        if (members.find(to).isEmpty()) {
            left(to);
        }
        eventBus.<Boolean>request(ADDRESS + to, message, new DeliveryOptions().setSendTimeout(deadline.toMillis()))
                .map(Message::body)
                .onComplete(answer::tryComplete, answer::tryFail);
        return answer.future().onComplete(done -> forget(to, answer));
    }

    private synchronized void forget(NodeId to, Promise<Boolean> answer) {
        asked.computeIfPresent(to, (node, waiting) -> {
            waiting.remove(answer);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    @Override
    public void joined(Members.Member member) {
        // It is asked when there is something to ask.
    }

    @Override
    public void left(NodeId id) {
        List<Promise<Boolean>> waiting;
        synchronized (this) {
            waiting = new ArrayList<>(asked.getOrDefault(id, Set.of()));
        }
        waiting.forEach(answer -> answer.tryFail("node " + id + " has left the cluster"));
    }

    @Override
    public Future<Void> serve(Desk desk) {
        MessageConsumer<JsonObject> serving = eventBus.consumer(ADDRESS + members.self(), message -> {
            if (message.replyAddress() == null) {
                desk.told(message.body());
            } else {
                desk.asked(message.body()).onComplete(message::reply, e -> message.fail(0, "it could not be done"));
            }
        });
        consumer = serving;
        return serving.completion();
    }

    @Override
    public Future<Void> close() {
        MessageConsumer<JsonObject> serving = consumer;
        return serving == null ? Future.succeededFuture() : serving.unregister();
    }
}
