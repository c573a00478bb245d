package dev.tcprelay.channel;

import dev.tcprelay.channel.ConnectionLost.Kind;
import dev.tcprelay.protocol.wire.CloseCode;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.StreamRules;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end-to-end stream: plain text on this side, sealed records on the wire's (docs/protocol.md, section 9). It is a
 * {@link Duplex} like the connection that it runs on, so that the same {@link Splice} joins it to an application's or
 * target's socket.
 *
 * <p>What it delivers is exactly what opened, in order. Anything else (a record that does not open or is out of place,
 * a stream that ends without EOF) is a reset for the receiver and for the other end.
 */
public final class SealedStream implements Duplex {
    private final Duplex wire;
    private final RecordOutlet outlet;
    private final SealedInput input;
    private boolean ended;

    /**
     * Takes the raw tunnel over; its receiver becomes this stream.
     *
     * @param records the keys of the handshake
     * @param rules what this end may receive
     */
    public SealedStream(Duplex wire, SecureRecords records, StreamRules rules) {
        this.wire = wire;
        this.outlet = new RecordOutlet(records.sealer());
        this.input = new SealedInput(wire, records.opener(), rules, new Ends());
        wire.receiver(input);
    }

    /**
     * Called once with the skeleton's RESULT, on the client's end, before anything that follows it is delivered. Not
     * called when the stream is lost before: {@link #receiver} learns of that.
     */
    public void onResult(Consumer<Outcome> handler) {
        input.onResult(handler);
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
    public void receiver(@Nullable Receiver next) {
        input.inbox().receiver(next);
    }

    @Override
    public void unread(ByteBuf bytes) {
        input.inbox().unread(bytes);
    }

    @Override
    public void write(ByteBuf bytes) {
        try {
            if (!ended && !input.finished() && bytes.isReadable()) {
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
        return input.finished() || wire.writable();
    }

    @Override
    public void pause() {
        input.inbox().pause();
        wire.pause();
    }

    @Override
    public void resume() {
        wire.resume();
        input.inbox().resume();
    }

    @Override
    public void end() {
        if (!ended && !input.finished()) {
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
        if (!input.finished()) {
            sealClose(code);
            leave(code == CloseCode.ABORTED ? new ConnectionLost(Kind.ABORTED, null) : null);
        }
    }

    /** After EOF and FIN the wire takes nothing any more: the other end learns of the reset by the wire's. */
    private void sealClose(CloseCode code) {
        if (!ended) {
            seal(TunnelRecord.CLOSE, code.code());
        }
    }

    /** Ends this side; the receiver learns of nothing but the close. */
    private void leave(@Nullable ConnectionLost cause) {
        input.inbox().discard();
        finish(cause);
    }

    private void finish(@Nullable ConnectionLost cause) {
        input.finish(cause);
        wire.resume();
        if (ended) {
            wire.abortAfterWrites();
        } else {
            wire.closeGently();
        }
    }

    /** What the incoming half may cause. */
    private final class Ends implements SealedInput.Owner {
        @Override
        public void violated(String what) {
            if (!input.finished()) {
                sealClose(CloseCode.ABORTED);
                finish(new ConnectionLost(Kind.FAILED, new ProtocolException(what)));
            }
        }

        @Override
        public void closedByPeer() {
            finish(new ConnectionLost(Kind.RESET, null));
        }

        @Override
        public boolean outputEnded() {
            return ended;
        }
    }
}
