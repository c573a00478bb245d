package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.RelayOptions.Listener;

/** The port for other nodes of the cluster. */
final class PeerGateway extends Gateway {
    private final Node node;

    PeerGateway(Node node, Listener listener) {
        super(node, Role.PEER, listener);
        this.node = node;
    }

    @Override
    void listening(int port) {
        node.ports().peers(port);
    }
}
