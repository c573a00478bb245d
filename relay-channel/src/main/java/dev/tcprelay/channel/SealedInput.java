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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incoming half of a {@link SealedStream}: records from the wire, opened when somebody takes what is in them, and
 * delivered by an {@link Inbox}. What is held sealed is at most what one read of the wire brought, since the wire is
 * paused with the stream.
 */
final class SealedInput implements Duplex.Receiver {
    private static final Logger log = LoggerFactory.getLogger(SealedInput.class);

    private final RecordIntake intake;
    private final StreamRules rules;
    private final Owner owner;
    private final Inbox inbox;
    private final Deque<ByteBuf> sealed = new ArrayDeque<>();
    private @Nullable Consumer<Outcome> onResult;
    private @Nullable Outcome result;
    private @Nullable ByteBuf opened;
    private boolean room;
    private boolean opening;
    private boolean ended;
    private boolean finished;
    private boolean wireEnded;
    private boolean wireClosed;
    private @Nullable ConnectionLost wireFate;

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
        this.intake = new RecordIntake(opener);
        this.rules = rules;
        this.owner = owner;
        this.inbox = new Inbox(later -> wire.loop().execute(later), this::demand, (to, thrown) -> broken(to, thrown));
    }

    private void broken(Duplex.Receiver to, Throwable thrown) {
        log.error("{} failed; its stream is reset", to.getClass().getName(), thrown);
        owner.violated("the receiver failed");
    }

    /** What was opened and is still to be taken by somebody. */
    Inbox inbox() {
        return inbox;
    }

    void onResult(Consumer<Outcome> handler) {
        onResult = handler;
        openSealed();
    }

    boolean finished() {
        return finished;
    }

    /** Nothing more comes in. What was opened is still delivered, then the close. */
    void finish(@Nullable ConnectionLost cause) {
        if (!finished) {
            finished = true;
            sealed.forEach(ByteBuf::release);
            sealed.clear();
            inbox.closed(cause);
        }
    }

    private void demand(boolean more) {
        room = more;
        if (more) {
            openSealed();
        }
    }

    /** The client's end opens records before it has a receiver, to learn of RESULT. */
    private boolean wanted() {
        return room || (result == null && onResult != null);
    }

    private void openSealed() {
        if (opening) {
            return;
        }
        opening = true;
        boolean any = false;
        while (!sealed.isEmpty() && wanted()) {
            any = true;
            open(sealed.remove());
        }
        opening = false;
        if (any) {
            inbox.readCompleted();
        }
        tellWireEnds();
    }

    private void open(ByteBuf from) {
        try {
            intake.feed(from, (record, length) -> accept(record, length, from.readableBytes() + length));
            deliverOpened();
        } catch (ProtocolException | AuthenticationException e) {
            deliverOpened();
            owner.violated(String.valueOf(e.getMessage()));
        } finally {
            from.release();
        }
    }

    private void deliverOpened() {
        ByteBuf plain = opened;
        if (plain != null) {
            opened = null;
            inbox.read(plain);
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
            case EOF -> {
                deliverOpened();
                ended = true;
                inbox.ended();
            }
            case RESULT -> decided(Outcome.of(record[1]));
            case CLOSE -> {
                deliverOpened();
                owner.closedByPeer();
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

    @Override
    public void received(ByteBuf bytes) {
        if (finished) {
            bytes.release();
        } else {
            sealed.add(bytes);
            openSealed();
        }
    }

    /** The wire's ends stand behind what came on it: they count when that has been opened. */
    @Override
    public void ended() {
        wireEnded = true;
        tellWireEnds();
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        wireClosed = true;
        wireFate = cause;
        tellWireEnds();
    }

    private void tellWireEnds() {
        if (!sealed.isEmpty() || opening) {
            return;
        }
        boolean refused = result != null && result != Outcome.OK;
        if (wireEnded && refused) {
            finish(null);
        } else if (wireEnded && !ended) {
            owner.violated("the stream ended without EOF");
        } else if (wireClosed) {
            boolean clean = wireFate == null && ended && owner.outputEnded();
            finish(clean || wireFate != null ? wireFate : new ConnectionLost(Kind.RESET, null));
        }
    }

    @Override
    public void writabilityChanged(boolean writable) {
        inbox.writabilityChanged(writable);
    }
}
