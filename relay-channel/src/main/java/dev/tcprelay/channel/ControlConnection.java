package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control connection after LOGIN (docs/protocol.md, section 5): messages both ways, kept alive and watched. Sends
 * PING when it has sent or received nothing for 10 s, answers PING, and gives up when it has received no message for
 * 25 s, so that a dead peer is noticed within 30 s. {@link #send} and the closing methods may be called on any thread;
 * the owner is called on the connection's loop.
 */
public final class ControlConnection {
    private static final Logger log = LoggerFactory.getLogger(ControlConnection.class);

    private final Duplex wire;
    private final RecordIntake intake;
    private final RecordOutlet outlet;
    private final Sender peer;
    private final Keepalive keepalive;
    private @Nullable Owner owner;
    private boolean closed;

    /** What a session does with its connection. */
    public interface Owner {
        /** A message that the peer may send, other than PING and PONG. */
        void received(ControlMessage message);

        /** The connection is no more; comes once and last. The reason is for the own log. */
        void lost(String reason);
    }

    /** How often to ping, and after how much silence to give up. */
    public record Keepalive(Duration interval, Duration deadline) {
        /** The protocol's: 10 s and 25 s. */
        public static final Keepalive DEFAULT = new Keepalive(Duration.ofSeconds(10), Duration.ofSeconds(25));
    }

    private long sentAt = System.nanoTime();
    private long receivedAt = sentAt;
    private long pingedAt = sentAt;
    private List<Runnable> onAnyAnswer = new ArrayList<>();

    /** @param peer the other side's role, which decides what it may send */
    public ControlConnection(Duplex wire, SecureRecords records, Sender peer, Keepalive keepalive) {
        this.wire = wire;
        this.intake = new RecordIntake(records.opener());
        this.outlet = new RecordOutlet(records.sealer());
        this.peer = peer;
        this.keepalive = keepalive;
    }

    /** Begins to read. On the connection's loop. */
    public void start(Owner to) {
        owner = to;
        wire.receiver(new Reader());
        watch();
    }

    /** The loop on which the owner is called. */
    public EventLoop loop() {
        return wire.loop();
    }

    /** Sends a message; one for a connection that has ended is dropped. */
    public void send(ControlMessage message) {
        onLoop(() -> {
            if (!closed) {
                sentAt = System.nanoTime();
                wire.write(outlet.record(ControlCodec.encode(message)));
                wire.flush();
            }
        });
    }

    /** Sends PING and calls back at the next message that comes from the peer. On the connection's loop. */
    public void ping(Runnable answered) {
        onAnyAnswer.add(answered);
        send(new ControlMessage.Ping());
    }

    /** Sends a last message, usually BYE or ERROR, and closes. */
    public void close(ControlMessage last, String reason) {
        onLoop(() -> {
            send(last);
            end(reason, true);
        });
    }

    /** Cuts the connection. */
    public void abort(String reason) {
        onLoop(() -> end(reason, false));
    }

    private void onLoop(Runnable action) {
        if (loop().inEventLoop()) {
            action.run();
        } else {
            loop().execute(action);
        }
    }

    private void end(String reason, boolean gently) {
        if (closed) {
            return;
        }
        closed = true;
        if (gently) {
            wire.closeGently();
        } else {
            wire.abort();
        }
        if (owner != null) {
            owner.lost(reason);
        }
    }

    private void watch() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        long silent = now - receivedAt;
        if (silent >= keepalive.deadline.toNanos()) {
            end("nothing was received for " + keepalive.deadline.toSeconds() + " s", false);
            return;
        }
        // Who asks and asks for legs and hears nothing sends PING too: only that has to be answered.
        long waited = Math.max(now - sentAt, Math.min(silent, now - pingedAt));
        if (waited >= keepalive.interval.toNanos()) {
            waited = 0;
            pingedAt = now;
            send(new ControlMessage.Ping());
        }
        long next = Math.min(keepalive.interval.toNanos() - waited, keepalive.deadline.toNanos() - silent);
        next = Math.max(next, TimeUnit.MILLISECONDS.toNanos(1));
        var unused = loop().schedule(this::watch, next, TimeUnit.NANOSECONDS);
    }

    private void dispatch(ControlMessage message) throws ProtocolException {
        if (message instanceof ControlMessage.Confirm) {
            throw new ProtocolException("a second CONFIRM");
        } else if (message instanceof ControlMessage.Ping) {
            send(new ControlMessage.Pong());
        } else if (message instanceof ControlMessage.Bye) {
            end("the other side said goodbye", true);
        } else if (!(message instanceof ControlMessage.Pong) && owner != null) {
            owner.received(message);
        }
    }

    /** The incoming half. */
    private final class Reader implements Duplex.Receiver {
        @Override
        public void received(ByteBuf bytes) {
            try {
                intake.feed(bytes, this::message);
                if (!closed && !wire.writable()) {
                    wire.pause();
                    wire.unread(bytes.retain());
                }
            } catch (AuthenticationException e) {
                end("a record does not open", false);
            } catch (ProtocolException e) {
                log.debug("control connection: {}", e.getMessage());
                close(new Fault(Fault.PROTOCOL, String.valueOf(e.getMessage())), "protocol: " + e.getMessage());
            } finally {
                bytes.release();
            }
        }

        private boolean message(byte[] plain, int length) throws ProtocolException {
            alive();
            dispatch(ControlCodec.decode(java.util.Arrays.copyOf(plain, length), peer));
            return !closed && wire.writable();
        }

        /** A record that opens is a sign of life; bytes of one that never becomes whole are not. */
        private void alive() {
            receivedAt = System.nanoTime();
            List<Runnable> waiting = onAnyAnswer;
            onAnyAnswer = new ArrayList<>();
            waiting.forEach(Runnable::run);
        }

        /** A peer that asks and does not read is not read either, until the keepalive gives it up. */
        @Override
        public void writabilityChanged(boolean writable) {
            if (writable) {
                wire.resume();
            }
        }

        @Override
        public void ended() {
            end("the other side closed the connection", true);
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            end(cause == null ? "the connection was closed" : "the connection was lost: " + cause.getMessage(), false);
        }
    }
}
