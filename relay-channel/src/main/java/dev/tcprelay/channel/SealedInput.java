package dev.tcprelay.channel;

import dev.tcprelay.channel.ConnectionLost.Kind;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.RecordOpener;
import dev.tcprelay.protocol.wire.StreamRules;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The incoming half of a {@link SealedStream}: records from the wire, opened as somebody takes what is in them, and
 * delivered in order: bytes, then the end or the loss of the stream. What is held is at most what one read of the wire
 * brought, since the wire is paused with the stream.
 */
final class SealedInput implements Duplex.Receiver {
    private final Duplex wire;
    private final RecordIntake intake;
    private final StreamRules rules;
    private final Owner owner;
    private final Deque<ByteBuf> sealed = new ArrayDeque<>();
    private final Deque<ByteBuf> plain = new ArrayDeque<>();
    private Duplex.@Nullable Receiver receiver;
    private @Nullable Consumer<Outcome> onResult;
    private @Nullable Outcome result;
    private @Nullable ByteBuf opened;
    private @Nullable ConnectionLost fate;
    private boolean pumping;
    private boolean paused;
    private boolean ended;
    private boolean finished;
    private boolean endTold;
    private boolean closeTold;

    /** The stream that this is the incoming half of. */
    interface Owner {
        /** The other end, or somebody in between, broke the protocol; nothing more is taken from it. */
        void violated(String what);

        /** The other end has closed both directions. */
        void closedByPeer();

        /** True when the outgoing half has sent its EOF. */
        boolean outputEnded();
    }

    SealedInput(Duplex wire, RecordOpener opener, StreamRules rules, Owner owner) {
        this.wire = wire;
        this.intake = new RecordIntake(opener);
        this.rules = rules;
        this.owner = owner;
    }

    void receiver(Duplex.Receiver next) {
        receiver = next;
        endTold = false;
        closeTold = false;
        pumpLater();
    }

    void onResult(Consumer<Outcome> handler) {
        onResult = handler;
        pumpLater();
    }

    void unread(ByteBuf bytes) {
        plain.addFirst(bytes);
        pumpLater();
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        pumpLater();
    }

    boolean finished() {
        return finished;
    }

    /** What was opened is not wanted any more. */
    void discard() {
        plain.forEach(ByteBuf::release);
        plain.clear();
    }

    /** Nothing more comes in. What was opened is still delivered, then the close. */
    void finish(@Nullable ConnectionLost cause) {
        if (!finished) {
            finished = true;
            fate = cause;
            sealed.forEach(ByteBuf::release);
            sealed.clear();
            pumpLater();
        }
    }

    private void pumpLater() {
        wire.loop().execute(this::pump);
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
            Duplex.Receiver to = receiver;
            if (to != null && !plain.isEmpty()) {
                delivered = true;
                to.received(plain.remove());
            } else if (!sealed.isEmpty() && (to != null || (result == null && onResult != null))) {
                open(sealed.remove());
            } else {
                more = false;
            }
        }
        pumping = false;
        Duplex.Receiver to = receiver;
        if (to != null && delivered) {
            to.readCompleted();
        }
        tellEnds();
    }

    private void tellEnds() {
        Duplex.Receiver to = receiver;
        if (to == null || paused || !plain.isEmpty() || closeTold) {
            return;
        }
        if (ended && !endTold && fate == null) {
            endTold = true;
            to.ended();
        }
        if (finished && !paused && !closeTold) {
            closeTold = true;
            to.closed(fate);
        }
    }

    private void open(ByteBuf from) {
        try {
            intake.feed(from, (record, length) -> accept(record, length, from.readableBytes() + length));
            keepOpened();
        } catch (ProtocolException | AuthenticationException e) {
            keepOpened();
            owner.violated(String.valueOf(e.getMessage()));
        } finally {
            from.release();
        }
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
            case EOF -> ended = true;
            case RESULT -> decided(Outcome.of(record[1]));
            case CLOSE -> owner.closedByPeer();
        }
        return !finished;
    }

    private void decided(Outcome outcome) {
        result = outcome;
        if (onResult != null) {
            onResult.accept(outcome);
        }
    }

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
        } else if (!ended) {
            owner.violated("the stream ended without EOF");
        }
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        boolean clean = cause == null && ended && owner.outputEnded();
        finish(clean || cause != null ? cause : new ConnectionLost(Kind.RESET, null));
    }

    @Override
    public void writabilityChanged(boolean writable) {
        Duplex.Receiver to = receiver;
        if (to != null && !finished) {
            to.writabilityChanged(writable);
        }
    }
}
