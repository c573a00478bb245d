package dev.tcprelay.channel;

import dev.tcprelay.channel.ConnectionLost.Kind;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.CloseCode;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.StreamRules;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end-to-end stream: plain text on this side, sealed records on the wire's (docs/protocol.md, section 9). It is a
 * {@link Duplex} like the connection that it runs on, so that the same {@link Splice} joins it to an application's or
 * target's socket.
 *
 * <p>What it delivers is exactly what opened, in order. Anything else (a record that does not open or is out of place, a
 * stream that ends without EOF) is a reset for the receiver and for the other end.
 */
public final class SealedStream implements Duplex {
    private final Duplex wire;
    private final RecordOutlet outlet;
    private final RecordIntake intake;
    private final StreamRules rules;
    private final Deque<ByteBuf> sealed = new ArrayDeque<>();
    private final Deque<ByteBuf> plain = new ArrayDeque<>();
    private @Nullable Receiver receiver;
    private @Nullable Consumer<Outcome> onResult;
    private @Nullable Outcome result;
    private @Nullable ByteBuf opened;
    private @Nullable ConnectionLost fate;
    private boolean pumping;
    private boolean paused;
    private boolean ended;
    private boolean peerEnded;
    private boolean finished;
    private boolean endTold;
    private boolean closeTold;

    /**
     * Takes the raw tunnel over; its receiver becomes this stream.
     *
     * @param records the keys of the handshake
     * @param rules what this end may receive
     */
    public SealedStream(Duplex wire, SecureRecords records, StreamRules rules) {
        this.wire = wire;
        this.outlet = new RecordOutlet(records.sealer());
        this.intake = new RecordIntake(records.opener());
        this.rules = rules;
        wire.receiver(new WireSide());
    }

    /** Called once with the skeleton's RESULT, on the client's end, before anything that follows it is delivered. */
    public void onResult(Consumer<Outcome> handler) {
        onResult = handler;
        loop().execute(this::pump);
    }

    /** Sends RESULT, on the skeleton's end. After any but {@code OK} the stream ends. */
    public void result(Outcome outcome) {
        seal(TunnelRecord.RESULT, outcome.code());
        if (outcome != Outcome.OK) {
            leave(null);
        }
    }

    @Override
    public EventLoop loop() {
        return wire.loop();
    }

    @Override
    public void receiver(Receiver next) {
        receiver = next;
        endTold = false;
        closeTold = false;
        loop().execute(this::pump);
    }

    @Override
    public void unread(ByteBuf bytes) {
        plain.addFirst(bytes);
    }

    @Override
    public void write(ByteBuf bytes) {
        try {
            if (!ended && !finished && bytes.isReadable()) {
                wire.write(outlet.records(TunnelRecord.DATA.type(), bytes));
            }
        } finally {
            bytes.release();
        }
    }

    private void seal(TunnelRecord record, byte... body) {
        wire.write(outlet.record(record.type(), body));
        wire.flush();
    }

    @Override
    public void flush() {
        wire.flush();
    }

    @Override
    public boolean writable() {
        return finished || wire.writable();
    }

    @Override
    public void pause() {
        paused = true;
        wire.pause();
    }

    @Override
    public void resume() {
        paused = false;
        wire.resume();
        loop().execute(this::pump);
    }

    @Override
    public void end() {
        if (!ended && !finished) {
            ended = true;
            seal(TunnelRecord.EOF);
            wire.end();
        }
    }

    /** The same as {@link #abortAfterWrites}: what has been sealed cannot be called back. */
    @Override
    public void abort() {
        close(CloseCode.ABORTED);
    }

    /** CLOSE aborted behind what has been written: the other end delivers that, then resets. */
    @Override
    public void abortAfterWrites() {
        close(CloseCode.ABORTED);
    }

    @Override
    public void close() {
        close(CloseCode.GOING_AWAY);
    }

    @Override
    public void closeGently() {
        close(CloseCode.GOING_AWAY);
    }

    private void close(CloseCode code) {
        if (!finished) {
            seal(TunnelRecord.CLOSE, code.code());
            leave(code == CloseCode.ABORTED ? new ConnectionLost(Kind.ABORTED, null) : null);
        }
    }

    /** Ends this side; the receiver learns of nothing but the close. */
    private void leave(@Nullable ConnectionLost cause) {
        plain.forEach(ByteBuf::release);
        plain.clear();
        finish(cause);
        wire.closeGently();
    }

    private void violated(String what) {
        if (!finished) {
            seal(TunnelRecord.CLOSE, CloseCode.ABORTED.code());
            finish(new ConnectionLost(Kind.FAILED, new ProtocolException(what)));
            wire.closeGently();
        }
    }

    /** Nothing more comes in. What was opened is still delivered, then the close. */
    private void finish(@Nullable ConnectionLost cause) {
        if (!finished) {
            finished = true;
            fate = cause;
            sealed.forEach(ByteBuf::release);
            sealed.clear();
            wire.resume();
            loop().execute(this::pump);
        }
    }

    /** Delivers what there is, in order, as long as somebody takes it. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        boolean delivered = false;
        boolean more = true;
        while (more && !paused) {
            Receiver to = receiver;
            if (to != null && !plain.isEmpty()) {
                delivered = true;
                to.received(plain.remove());
            } else if (!sealed.isEmpty() && (to != null || result == null && onResult != null)) {
                open(sealed.remove());
            } else {
                more = false;
            }
        }
        pumping = false;
        Receiver to = receiver;
        if (to != null && delivered) {
            to.readCompleted();
        }
        tellEnds();
    }

    private void tellEnds() {
        Receiver to = receiver;
        if (to == null || paused || !plain.isEmpty() || closeTold) {
            return;
        }
        if (peerEnded && !endTold && fate == null) {
            endTold = true;
            to.ended();
        }
        if (finished && receiver == to && !paused) {
            closeTold = true;
            to.closed(fate);
        }
    }

    private void open(ByteBuf from) {
        try {
            intake.feed(from, (record, length) -> accept(record, length, from.readableBytes() + length));
        } catch (ProtocolException | AuthenticationException e) {
            keepOpened();
            violated(String.valueOf(e.getMessage()));
        } finally {
            from.release();
        }
        keepOpened();
    }

    private void keepOpened() {
        if (opened != null) {
            plain.add(opened);
            opened = null;
        }
    }

    private boolean accept(byte[] record, int length, int room) throws ProtocolException {
        switch (rules.accept(record, 0, length)) {
            case DATA -> {
                if (opened == null) {
                    opened = PooledByteBufAllocator.DEFAULT.directBuffer(room);
                }
                opened.writeBytes(record, 1, length - 1);
            }
            case EOF -> peerEnded = true;
            case RESULT -> decided(Outcome.of(record[1]));
            case CLOSE -> {
                finish(new ConnectionLost(Kind.RESET, null));
                wire.closeGently();
            }
        }
        return !finished;
    }

    private void decided(Outcome outcome) {
        result = outcome;
        if (onResult != null) {
            onResult.accept(outcome);
        }
    }

    /** What comes from the other end. */
    private final class WireSide implements Receiver {
        @Override
        public void received(ByteBuf bytes) {
            if (finished) {
                bytes.release();
            } else {
                sealed.add(bytes);
                pump();
            }
        }

        @Override
        public void ended() {
            boolean refused = result != null && result != Outcome.OK;
            if (refused) {
                finish(null);
            } else if (!peerEnded) {
                violated("the stream ended without EOF");
            }
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            boolean clean = cause == null && ended && peerEnded;
            finish(clean || cause != null ? cause : new ConnectionLost(Kind.RESET, null));
        }

        @Override
        public void writabilityChanged(boolean writable) {
            Receiver to = receiver;
            if (to != null && !finished) {
                to.writabilityChanged(writable);
            }
        }
    }
}
