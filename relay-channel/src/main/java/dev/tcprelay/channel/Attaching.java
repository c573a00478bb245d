package dev.tcprelay.channel;

import dev.tcprelay.channel.Dialler.Greeted;
import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.AttachInitiator;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Sender;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The peer's side of ATTACH on one connection (docs/protocol.md, section 6). */
final class Attaching {
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Leg leg;
    private final LegRecords records;
    private final byte[] request;

    Attaching(Greeted greeted, Ticket ticket, Attach attach, SecureRandom random) {
        this(greeted.leg(), new AttachInitiator(greeted.hello(), ticket.ticket(), ticket.secret(), random), attach);
    }

    Attaching(Leg leg, AttachInitiator handshake, Attach attach) {
        this.leg = leg;
        this.request = handshake.request(attach);
        this.records = new LegRecords(leg, handshake.records(), Sender.RELAY);
    }

    /** Sends ATTACH and waits for OK; fails with {@link RelayException}. On the leg's loop. */
    Future<AttachedLeg> run(Behind behind) {
        leg.write(Unpooled.wrappedBuffer(request));
        behind.write(leg, records);
        leg.flush();
        Promise<AttachedLeg> promise = Promise.promise();
        OneFrame phase = OneFrame.await(
                leg,
                Frames::attachAnswer,
                frame -> {
                    if (Frames.isRefusal(frame, 0)) {
                        leg.abort();
                        promise.fail(new RelayException(Kind.REFUSED, "the relay refused the leg"));
                    } else if (records.open(frame) instanceof LegMessage.Ok ok) {
                        promise.complete(new AttachedLeg(leg, records, ok.node()));
                    } else {
                        leg.abort();
                        promise.fail(new RelayException(Kind.PROTOCOL, "the relay answered ATTACH by another record"));
                    }
                },
                e -> {
                    leg.abort();
                    promise.fail(
                            new RelayException(Kind.UNREACHABLE, "the relay did not answer: " + e.getMessage(), e));
                });
        Cancellable deadline = leg.after(ANSWER, () -> phase.fail(new TimeoutException("no answer for 3 s")));
        return promise.future().onComplete(done -> deadline.cancel());
    }
}
