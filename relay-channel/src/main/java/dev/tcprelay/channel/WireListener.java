package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;

/** What a leg hears of its {@link Wire}, on the wire's loop. */
interface WireListener {
    void read(ByteBuf bytes);

    void readCompleted();

    /** The peer's FIN, after all bytes. */
    void inputEnded();

    /** Nothing can be written any more; what the peer sent before may still come. */
    void outputFailed(Throwable cause);

    /** Nothing can be read or written any more. */
    void failed(Throwable cause);

    void writabilityChanged(boolean writable);

    /** Somebody else wants the connection gone: Vert.x, when its server or client is closed. */
    void cut();

    void closed();
}
