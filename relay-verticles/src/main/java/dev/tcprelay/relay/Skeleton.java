package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;

/** A skeleton's session, as the directory and the tunnels see it. All methods may be called on any thread. */
interface Skeleton {
    /** Asks for one new leg for that id, which is awaited on the meeting node (NEED). */
    void need(ServerId id, Token token, NodeId meeting);

    /** Sends PING; true when anything came back within 2 s, false otherwise. Never fails. */
    Future<Boolean> answersPing();

    /** Ends a session whose id another instance has taken over because this one did not answer. */
    void evict();

    /** The directory has withdrawn a registration, since an earlier claim on another node excludes it (M65). */
    void displaced(Registration registration, Claim by);
}
