package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.RecordSealer;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import java.util.function.Consumer;

/** The few sealed records of a leg before it is raw (docs/protocol.md, sections 6 to 8). Used on the leg's loop. */
public final class LegRecords {
    private static final int LENGTH = 2;

    private final Duplex leg;
    private final SecureRecords records;
    private final RecordOutlet outlet;
    private final Sender peer;

    /** @param peer the other side, which decides what it may send */
    public LegRecords(Duplex leg, SecureRecords records, Sender peer) {
        this.leg = leg;
        this.records = records;
        this.outlet = new RecordOutlet(records.sealer());
        this.peer = peer;
    }

    /** Queues a record; the caller flushes. */
    public void send(LegMessage message) {
        leg.write(outlet.record(message.encode()));
    }

    /** Waits for one record; what follows it is left for the next phase. */
    public OneFrame await(Consumer<LegMessage> taker, Consumer<Exception> lost) {
        return await((in, off, available) -> Frames.record(Layer.LEG, in, off, available), taker, lost);
    }

    /** The same where only a message as long as this one may come, so that any other is noticed by its length. */
    public OneFrame awaitLike(LegMessage sample, Consumer<LegMessage> taker, Consumer<Exception> lost) {
        int expected = RecordSealer.sealedSize(sample.encode().length - 1);
        OneFrame.Size exactly = (in, off, available) -> {
            int size = Frames.record(Layer.LEG, in, off, available);
            if (size != Frames.UNKNOWN && size != expected) {
                throw new ProtocolException("a record of a length that is not expected here");
            }
            return size;
        };
        return await(exactly, taker, lost);
    }

    private OneFrame await(OneFrame.Size size, Consumer<LegMessage> taker, Consumer<Exception> lost) {
        return OneFrame.await(leg, size, frame -> taker.accept(open(frame)), lost);
    }

    /** Opens a record that came whole, its length field included. */
    LegMessage open(byte[] frame) throws ProtocolException, AuthenticationException {
        return LegMessage.decode(records.opener().open(frame, LENGTH, frame.length - LENGTH), peer);
    }
}
