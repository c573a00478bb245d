package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * An ordered byte stream in both directions, with half-close and abort.
 *
 * <p>All calls are made, and all callbacks arrive, on the thread of {@link #loop()}. No call runs a callback before
 * it returns, except that {@link #write} and {@link #flush} may report {@link Receiver#writabilityChanged}.
 *
 * <p>Without a receiver nothing is read, except what was under way. A phase that has understood its last message gives
 * what follows back by {@link #unread} and hands over by {@link #receiver}.
 */
public interface Duplex {
    EventLoop loop();

    /**
     * Hands over to the next phase; may be called from inside a callback. Bytes that were not delivered yet are kept
     * and delivered, in order, to the new receiver. So are the peer's end and the close, even when the previous one
     * knows them already. Null: nobody for now, so nothing is read and what comes is kept for the next phase.
     */
    void receiver(@Nullable Receiver next);

    /** Gives bytes back: they are delivered (again) before all others. Takes ownership. */
    void unread(ByteBuf bytes);

    /** Queues bytes behind those written before. Takes ownership; bytes after {@link #end} or a close are released. */
    void write(ByteBuf bytes);

    /** Sends what was queued. */
    void flush();

    /**
     * False while more is queued than the high-water mark allows. Whoever writes on must stop reading its source then.
     * True again, although nothing is sent any more, once the stream has failed or ended: nobody is kept waiting.
     */
    boolean writable();

    /** Stops delivery until {@link #resume}: of bytes, of the peer's end, and of a close that stands behind them. */
    void pause();

    /** Goes on delivering. What is held is delivered later, not inside this call. */
    void resume();

    /** Half-close: the peer sees the end of the stream after everything written. The other direction goes on. */
    void end();

    /** Resets the connection now. What is queued is dropped, in both directions. */
    void abort();

    /**
     * Resets the connection when the peer has everything that was written, or has taken nothing for 2 s. What the peer
     * still sends is discarded.
     */
    void abortAfterWrites();

    /** Closes both directions now, without a reset. For streams on which nothing is under way. */
    void close();

    /**
     * Ends the own direction after what is written, goes on reading and discarding until the peer's end, or for at most
     * 5 s, then closes (docs/protocol.md, M49). The receiver learns of nothing but the close.
     */
    void closeGently();

    /**
     * What a phase does with the incoming half of a stream. An exception out of any method is logged and aborts the
     * stream.
     */
    interface Receiver {
        /** Bytes of the peer, in order, never empty. Ownership passes to the receiver. */
        void received(ByteBuf bytes);

        /** The bytes of one wake-up have been delivered: the moment to flush what they caused. */
        default void readCompleted() {}

        /** The peer has ended its direction, and all its bytes have been delivered. */
        void ended();

        /**
         * The stream is no more. Comes exactly once and last.
         *
         * @param cause null after an orderly end: both directions ended, or the own {@link Duplex#close}
         */
        void closed(@Nullable ConnectionLost cause);

        /** {@link Duplex#writable()} has changed. */
        default void writabilityChanged(boolean writable) {}
    }
}
