package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.RelayOptions.Listener;

/** The port for skeletons. */
final class SkeletonGateway extends Gateway {
    private final Node node;
    private final Listener listener;

    SkeletonGateway(Node node, Listener listener) {
        super(node, Role.SKELETON, listener);
        this.node = node;
        this.listener = listener;
    }

    @Override
    void listening(int port) {
        node.ports().skeletons(listener.publicPort() == 0 ? port : listener.publicPort());
    }
}
