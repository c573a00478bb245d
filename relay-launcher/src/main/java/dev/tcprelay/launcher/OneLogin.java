package dev.tcprelay.launcher;

import dev.tcprelay.channel.Credentials;
import dev.tcprelay.channel.NodeSession;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.RelaySession;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** A session that only finds out whether the credentials are right, and what the relay says. */
final class OneLogin implements RelaySession.Listener {
    private OneLogin() {}

    static Welcome run(Vertx vertx, RelayAddress relay, Credentials credentials) throws Exception {
        var instance = Instance.random(new SecureRandom());
        var session = new RelaySession(vertx, relay, credentials, instance, new OneLogin());
        Welcome welcome = Waiting.until(session.startOnce());
        Waiting.until(session.stop());
        return welcome;
    }

    @Override
    public void established(NodeSession session, @Nullable NodeSession replaced) {}

    @Override
    public void received(NodeSession session, ControlMessage message) {}

    @Override
    public void lost(NodeSession session, String reason) {}
}
