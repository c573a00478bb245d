package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Messages between nodes: control only, never the bytes of a tunnel, never a secret. They may be lost, and what they
 * say is a hint. Thread-safe.
 */
interface Bus {
    /** Sends without an answer. */
    void send(NodeId to, JsonObject message);

    /** Sends and waits for yes or no; fails after that time, or at once when the node leaves. */
    Future<Boolean> ask(NodeId to, JsonObject message, Duration deadline);

    /** Takes messages from now on, on the calling context. Completes when the other nodes can send. */
    Future<Void> serve(Desk desk);

    /** Leaves the bus. */
    Future<Void> close();

    /** Takes what others send. */
    interface Desk {
        void told(JsonObject message);

        Future<Boolean> asked(JsonObject message);
    }

    /** The bus of a node without a cluster. */
    static Bus none() {
        return new Bus() {
            @Override
            public void send(NodeId to, JsonObject message) {
                // There is nobody.
            }

            @Override
            public Future<Boolean> ask(NodeId to, JsonObject message, Duration deadline) {
                return Future.failedFuture("this node is in no cluster");
            }

            @Override
            public Future<Void> serve(Desk desk) {
                return Future.succeededFuture();
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
    }
}
