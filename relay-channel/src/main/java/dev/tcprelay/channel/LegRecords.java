package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.ProtocolException;
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
        OneFrame.Size size = (in, off, available) -> Frames.record(Layer.LEG, in, off, available);
        return OneFrame.await(leg, size, frame -> taker.accept(open(frame)), lost);
    }

    /** Opens a record that came whole, its length field included. */
    LegMessage open(byte[] frame) throws ProtocolException, AuthenticationException {
        return LegMessage.decode(records.opener().open(frame, LENGTH, frame.length - LENGTH), peer);
    }
}
