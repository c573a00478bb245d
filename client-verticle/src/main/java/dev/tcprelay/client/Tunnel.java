package dev.tcprelay.client;

import dev.tcprelay.channel.Duplex;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Context;

/**
 * An open tunnel to a server: an ordered stream of bytes in both directions, encrypted end to end. It is used by
 * exactly one of {@link #duplex} and {@link #stream}.
 */
public final class Tunnel {
    private final ServerId id;
    private final Duplex duplex;
    private final Context caller;
    private boolean taken;

    Tunnel(ServerId id, Duplex duplex, Context caller) {
        this.id = id;
        this.duplex = duplex;
        this.caller = caller;
    }

    public ServerId id() {
        return id;
    }

    /**
     * The stream as this project uses it, on its own loop: paused, to be given a receiver and resumed.
     *
     * @throws IllegalStateException when the tunnel has been taken already
     */
    public synchronized Duplex duplex() {
        if (taken) {
            throw new IllegalStateException("the tunnel has been taken already");
        }
        taken = true;
        return duplex;
    }

    /**
     * The stream as Vert.x programs use it, on the context on which the tunnel was opened.
     *
     * @throws IllegalStateException when the tunnel has been taken already
     */
    public TunnelStream stream() {
        return TunnelStream.over(duplex(), caller);
    }
}
