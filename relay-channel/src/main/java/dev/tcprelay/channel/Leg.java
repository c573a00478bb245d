package dev.tcprelay.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP (or unix domain) connection as a {@link Duplex}.
 *
 * <p>While it does not deliver it does not read: at most what one read brought, 256 KiB, is held; the rest stays in the
 * kernel, also behind a FIN. A reset is reported after exactly the bytes that came before it.
 *
 * <p>Limits: unix domain sockets know no reset: the peer sees an end, and is reported as reset only when it closes with
 * bytes unread. {@link #abortAfterWrites()} waits until the peer's kernel, not the peer's program, has the bytes; where
 * the system cannot tell (NIO) it waits 100 ms after the own kernel has them. A Linux peer then reads them all and gets
 * the reset behind. After a half-close of the peer a reset is noticed within 10 s on epoll, at the next write on NIO.
 */
public final class Leg implements Duplex {
    private static final Logger LOG = LoggerFactory.getLogger(Leg.class);
    private static final Duration GENTLE_LIMIT = Duration.ofSeconds(5);

    private final Wire wire;
    private final Inbox inbox;
    private final Promise<Void> gone = Promise.promise();
    private @Nullable ConnectionLost lost;
    private @Nullable Throwable outputFailure;
    private boolean inputEnded;
    /** Nothing more is written. */
    private boolean outputEnded;
    /** Everything has been written, and the FIN after it. */
    private boolean outputShut;
    /** The connection is being closed, by whomever. */
    private boolean closing;

    private Leg(NetSocket socket) {
        wire = new Wire(socket, new FromWire());
        inbox = new Inbox(action -> loop().execute(action), wire::reading, this::broken);
    }

    /**
     * Takes a connection from Vert.x. To be called inside the handler that Vert.x calls with the new socket, which must
     * not be used afterwards: later, bytes may be lost. Nothing is read until there is a receiver.
     *
     * <p>Closing the server or client that the socket came from resets the leg.
     *
     * @throws IllegalStateException outside the event loop of the connection
     */
    public static Leg of(NetSocket socket) {
        Leg leg = new Leg(socket);
        leg.wire.takeOver();
        return leg;
    }

    @Override
    public EventLoop loop() {
        return wire.loop();
    }

    /** The marks of {@link #writable()}, in bytes; 256 KiB and 1 MiB when nothing else is said. */
    public void waterMarks(int low, int high) {
        wire.waterMarks(low, high);
    }

    /** Bytes that were written and that the kernel has not taken yet, and about 100 more for each buffer. */
    public long queued() {
        return wire.queued();
    }

    /** Bytes of memory that bytes which were read and not delivered yet take. */
    public long held() {
        return inbox.held();
    }

    /** Succeeds when the connection is closed and its descriptor free. May be asked on any thread. */
    public Future<Void> closed() {
        return gone.future();
    }

    /** Runs the action on the leg's loop, at once if that is the calling thread. May be called on any thread. */
    public void run(Runnable action) {
        EventLoop loop = loop();
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(() -> run(action));
        }
    }

    /** Runs the action once, on the loop on which the leg is then. */
    public Cancellable after(Duration delay, Runnable action) {
        return new LegTimer(this, delay, action);
    }

    /**
     * Moves the connection to another loop; between phases only. Nothing is read or delivered under way, what is held
     * goes along. Called on {@link #loop()}; the future succeeds on the other one, also when the connection was lost.
     */
    public Future<Void> moveTo(EventLoop other) {
        if (other == loop()) {
            return Future.succeededFuture();
        }
        Promise<Void> there = Promise.promise();
        inbox.freeze();
        wire.moveTo(other, there::complete);
        return there.future().onSuccess(moved -> inbox.thaw());
    }

    @Override
    public void receiver(@Nullable Receiver next) {
        inbox.receiver(next);
    }

    @Override
    public void unread(ByteBuf bytes) {
        inbox.unread(bytes);
    }

    @Override
    public void write(ByteBuf bytes) {
        if (outputEnded || !bytes.isReadable()) {
            bytes.release();
        } else {
            wire.write(bytes);
        }
    }

    @Override
    public void flush() {
        wire.flush();
    }

    @Override
    public boolean writable() {
        return outputEnded || wire.writable();
    }

    @Override
    public void pause() {
        inbox.pause();
    }

    @Override
    public void resume() {
        inbox.resume();
    }

    @Override
    public void end() {
        if (!outputEnded) {
            outputEnded = true;
            wire.afterWrites(() -> {
                wire.shutdownOutput();
                outputShut = true;
                closeWhenEnded();
            });
        }
    }

    @Override
    public void abort() {
        lose(new ConnectionLost(ConnectionLost.Kind.ABORTED, null));
        inbox.discard();
        reset();
    }

    @Override
    public void abortAfterWrites() {
        if (closing) {
            return;
        }
        lose(new ConnectionLost(ConnectionLost.Kind.ABORTED, null));
        inbox.discard();
        outputEnded = true;
        new PatientReset(this, wire, this::reset).start();
    }

    @Override
    public void close() {
        inbox.discard();
        wire.flush();
        closeNow();
    }

    @Override
    public void closeGently() {
        if (!closing) {
            inbox.discard();
            end();
            LegTimer.unlessClosed(this, GENTLE_LIMIT, this::close);
            closeWhenEnded();
        }
    }

    private void closeWhenEnded() {
        if (inputEnded && outputShut) {
            closeNow();
        }
    }

    private void broken(Receiver receiver, Throwable thrown) {
        LOG.error("{} failed, its connection is aborted", receiver.getClass().getName(), thrown);
        lose(new ConnectionLost(ConnectionLost.Kind.FAILED, thrown));
        abort();
    }

    private void closeNow() {
        if (startClosing()) {
            wire.close();
        }
    }

    private void reset() {
        if (startClosing()) {
            wire.reset();
        }
    }

    private boolean startClosing() {
        boolean first = !closing;
        closing = true;
        outputEnded = true;
        return first;
    }

    private void lose(ConnectionLost cause) {
        if (lost == null && !closing) {
            lost = cause;
        }
    }

    /** What the wire reports. */
    private final class FromWire implements WireListener {
        @Override
        public void read(ByteBuf bytes) {
            inbox.read(bytes);
        }

        @Override
        public void readCompleted() {
            inbox.readCompleted();
        }

        @Override
        public void inputEnded() {
            inputEnded = true;
            if (outputFailure != null) {
                // The system tells of a reset once: a write has heard it, so the reading side sees a mere end.
                failed(outputFailure);
            } else if (!closing) {
                inbox.ended();
                closeWhenEnded();
            }
        }

        @Override
        public void outputFailed(Throwable cause) {
            if (outputFailure == null) {
                outputFailure = cause;
                outputEnded = true;
                if (inputEnded || lost != null) {
                    failed(cause);
                } else {
                    run(() -> inbox.writabilityChanged(true));
                }
            }
        }

        @Override
        public void failed(Throwable cause) {
            lose(ConnectionLost.of(cause));
            reset();
        }

        @Override
        public void writabilityChanged(boolean writable) {
            if (!outputEnded) {
                inbox.writabilityChanged(writable);
            }
        }

        @Override
        public void cut() {
            abort();
        }

        @Override
        public void closed() {
            lose(new ConnectionLost(ConnectionLost.Kind.RESET, null));
            closeNow();
            inbox.closed(lost);
            gone.complete();
        }
    }
}
