package dev.tcprelay.channel;

import io.vertx.core.Future;

/**
 * A verticle that can come to its end without cutting short what it does. Whoever deployed it, as {@code relay run}
 * does, asks for that and undeploys it when it is done. Undeploying it at any time before ends everything at once.
 */
public interface Drainable {
    /**
     * Begins to drain; nothing happens when that has begun already. To be called once the verticle has been deployed,
     * on any thread.
     *
     * @param by who asks for it, for the log
     */
    void drain(String by);

    /** Completes when nothing is left to wait for, whoever has asked for it. May be asked on any thread. */
    Future<Void> drained();
}
