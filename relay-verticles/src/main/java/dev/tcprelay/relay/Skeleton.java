package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;

/** A skeleton's session, as the directory and the tunnels see it. All methods may be called on any thread. */
interface Skeleton {
    UserName user();

    Instance instance();

    /** Asks for one new leg for that id (NEED). */
    void need(ServerId id, Token token);

    /** Sends PING; true when anything came back within 2 s, false otherwise. Never fails. */
    Future<Boolean> answersPing();

    /** Ends a session whose id another instance has taken over because this one did not answer. */
    void evict();

    /** Tells the skeleton what became of its registration (REGISTERED). */
    void registered(ServerId id, Status status);
}
