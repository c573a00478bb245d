package dev.tcprelay.client;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Inbox;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.channel.SpliceEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Standard input and output as a {@link Duplex}, for {@code relay stdio ID} under ssh's ProxyCommand. Each has a daemon
 * thread of its own, since both block. The end of the input ends the own direction only; the end of the tunnel closes
 * the output, after all bytes. An output that nobody reads any more is a reset.
 */
public final class Stdio implements Duplex {
    private static final Logger log = LoggerFactory.getLogger(Stdio.class);
    private static final Duration LAST_WRITES = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final InputPump input;
    private final OutputPump output;
    private final Inbox inbox;
    private @Nullable ConnectionLost cause;
    /** Pieces of the input that have not been delivered yet. */
    private int undelivered;

    private boolean inputEnded;
    private boolean outputEnded;
    private boolean outputShut;
    private boolean closed;

    private Stdio(EventLoop loop, InputStream in, OutputStream out) {
        this.loop = loop;
        this.input = new InputPump(in, new FromInput());
        this.output = new OutputPump(out, new FromOutput());
        this.inbox = new Inbox(loop, this::demand, this::broken);
    }

    /**
     * Joins a tunnel to a pair of streams, which this call owns; the input is never closed, as a thread may be blocked
     * in it. May be called on any thread.
     *
     * @return 0 after an orderly end of both directions, 1 after a reset of any side: fit for an exit code
     */
    public static Future<Integer> join(Tunnel tunnel, InputStream in, OutputStream out) {
        Promise<Integer> exit = Promise.promise();
        Duplex duplex = tunnel.duplex();
        duplex.loop().execute(() -> {
            var stdio = new Stdio(duplex.loop(), in, out);
            var unused = Splice.join(
                    stdio, duplex, end -> exit.complete(end.outcome() == SpliceEnd.Outcome.FINISHED ? 0 : 1));
            stdio.input.start();
            stdio.output.start();
        });
        return exit.future();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    private void demand(boolean room) {
        if (room) {
            input.delivered(undelivered);
            undelivered = 0;
        }
    }

    private void broken(Receiver receiver, Throwable thrown) {
        log.error(
                "{} failed, standard input and output are closed",
                receiver.getClass().getName(),
                thrown);
        finish(new ConnectionLost(ConnectionLost.Kind.FAILED, thrown));
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
            output.write(bytes);
        }
    }

    @Override
    public void flush() {
        // What is written is under way already.
    }

    @Override
    public boolean writable() {
        return outputEnded || output.writable();
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
            output.end();
        }
    }

    @Override
    public void abort() {
        finish(new ConnectionLost(ConnectionLost.Kind.ABORTED, null));
    }

    @Override
    public void abortAfterWrites() {
        var aborted = new ConnectionLost(ConnectionLost.Kind.ABORTED, null);
        if (cause == null && !closed) {
            cause = aborted;
            discard();
            end();
            var unused = loop.schedule(() -> finish(aborted), LAST_WRITES.toMillis(), TimeUnit.MILLISECONDS);
            closeWhenDone();
        }
    }

    @Override
    public void close() {
        end();
        finish(null);
    }

    @Override
    public void closeGently() {
        discard();
        end();
        inputEnded = true;
        closeWhenDone();
    }

    private void discard() {
        input.stop();
        inbox.discard();
    }

    private void finish(@Nullable ConnectionLost why) {
        if (!closed) {
            outputEnded = true;
            cause = cause == null ? why : cause;
            discard();
            output.drop();
            closed();
        }
    }

    private void closeWhenDone() {
        if (!closed && outputShut && (inputEnded || cause != null)) {
            closed();
        }
    }

    private void closed() {
        closed = true;
        inbox.closed(cause);
    }

    /** What the input's thread brings, on the loop. */
    private final class FromInput implements InputPump.Listener {
        @Override
        public void read(ByteBuf bytes) {
            loop.execute(() -> {
                undelivered++;
                inbox.read(bytes);
                inbox.readCompleted();
            });
        }

        @Override
        public void ended() {
            loop.execute(() -> {
                inputEnded = true;
                inbox.ended();
                closeWhenDone();
            });
        }

        @Override
        public void failed(Exception e) {
            loop.execute(() -> finish(new ConnectionLost(ConnectionLost.Kind.FAILED, e)));
        }
    }

    /** What the output's thread brings, on the loop. */
    private final class FromOutput implements OutputPump.Listener {
        @Override
        public void drained() {
            loop.execute(() -> inbox.writabilityChanged(true));
        }

        @Override
        public void shut() {
            loop.execute(() -> {
                outputShut = true;
                closeWhenDone();
            });
        }

        @Override
        public void failed(Exception e) {
            loop.execute(() -> {
                outputEnded = true;
                inbox.writabilityChanged(true);
                finish(new ConnectionLost(ConnectionLost.Kind.RESET, e));
            });
        }
    }
}
