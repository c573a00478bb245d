package dev.tcprelay.relay;

import dev.tcprelay.channel.ControlConnection;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.ControlMessage.Listed;
import dev.tcprelay.protocol.wire.ControlMessage.Servers;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import org.jspecify.annotations.Nullable;

/** A client's session: it lists the servers that its user may reach (docs/protocol.md, M18). */
final class ClientSession extends Session {
    ClientSession(Node node, ControlConnection connection, Identity identity) {
        super(node, connection, identity);
    }

    @Override
    public void received(ControlMessage message) {
        if (message instanceof ListServers list) {
            connection.send(page(list.after()));
        }
    }

    private Servers page(@Nullable ServerId after) {
        return Servers.page(node.directory()
                .after(after)
                .filter(entry -> node.accounts().may(user(), Verb.CONNECT, entry.id()))
                .map(entry -> new Listed(entry.id(), entry.skeletons()))
                .iterator());
    }

    @Override
    void grantsChanged() {
        // Grants to connect are read when they are used.
    }

    @Override
    void closed() {
        // A client's legs live on without its session.
    }
}
