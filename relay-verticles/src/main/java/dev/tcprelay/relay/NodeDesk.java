package dev.tcprelay.relay;

import dev.tcprelay.relay.NodeMessage.Need;
import dev.tcprelay.relay.NodeMessage.Ping;
import dev.tcprelay.relay.NodeMessage.Request;
import dev.tcprelay.relay.NodeMessage.Share;
import dev.tcprelay.relay.NodeMessage.Take;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where messages of other nodes arrive. What is no message, or comes from nobody in the cluster, is counted and left.
 * On the node's context.
 */
final class NodeDesk implements Bus.Desk {
    private final Node node;
    private final Sharing sharing;

    NodeDesk(Node node, Sharing sharing) {
        this.node = node;
        this.sharing = sharing;
    }

    @Override
    public void told(JsonObject json) {
        if (read(json).orElse(null) instanceof Share share) {
            counter(share).increment();
            sharing.told(share);
        }
    }

    @Override
    public Future<Boolean> asked(JsonObject json) {
        if (read(json).orElse(null) instanceof Request request) {
            return answer(request);
        }
        return Future.succeededFuture(false);
    }

    private LongAdder counter(Share share) {
        Counters counters = node.counters();
        if (share instanceof NodeMessage.Delta) {
            return counters.deltas;
        } else if (share instanceof NodeMessage.Digest) {
            return counters.digests;
        }
        return share instanceof NodeMessage.Wanted ? counters.repairs : counters.pages;
    }

    private Optional<NodeMessage> read(JsonObject json) {
        Optional<NodeMessage> message = NodeMessages.decode(json)
                .filter(known -> node.peering().members().find(known.from()).isPresent());
        if (message.isEmpty()) {
            node.counters().strangeMessages.increment();
        }
        return message;
    }

    private Future<Boolean> answer(Request request) {
        Optional<Registration> registration = node.directory().registration(request.offer());
        if (request instanceof Take take) {
            return carry(take);
        } else if (request instanceof Need need) {
            registration.ifPresent(holder -> holder.session().need(need.offer().server(), need.token(), need.from()));
            return Future.succeededFuture(registration.isPresent());
        } else if (request instanceof Ping && registration.isPresent()) {
            return registration.get().session().answersPing().onSuccess(alive -> {
                if (!alive) {
                    node.directory().evict(registration.get());
                }
            });
        }
        return Future.succeededFuture(false);
    }

    private Future<Boolean> carry(Take take) {
        Spare spare = node.directory().lists(take.offer()) ? node.spares().take(take.offer()) : null;
        return spare == null ? Future.succeededFuture(false) : Carrying.carry(node, spare, take.token(), take.from());
    }
}
