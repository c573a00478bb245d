package dev.tcprelay.client;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.ServerId;

/** What a local port is that leads to one server. On the client's event loop. */
record ForwardGateway(RelayClient client, ServerId id, FailureLog failures) {
    void accepted(Leg leg) {
        new ForwardedConnection(leg, client, id, failures).begin();
    }
}
