package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.RelayOptions.Listener;

/** The port for clients. */
final class ClientGateway extends Gateway {
    private final Node node;
    private final Listener listener;

    ClientGateway(Node node, Listener listener) {
        super(node, Role.CLIENT, listener);
        this.node = node;
        this.listener = listener;
    }

    @Override
    void listening(int port) {
        node.ports().clients(listener.publicPort() == 0 ? port : listener.publicPort());
    }
}
