package dev.tcprelay.relay;

import dev.tcprelay.channel.AttachedLeg;
import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a skeleton's leg that is here to the node where a client's is, over a peer link (docs/protocol.md, section
 * 13): CARRY, then START from there, START to the skeleton, OPENED to there, and raw bytes from then on. Where anything
 * goes wrong before the skeleton has heard START, its leg is a spare as before.
 */
final class Carrying {
    private static final Logger log = LoggerFactory.getLogger(Carrying.class);
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Node node;
    private final Spare spare;
    private final Token token;
    private final NodeId meeting;

    private Carrying(Node node, Spare spare, Token token, NodeId meeting) {
        this.node = node;
        this.spare = spare;
        this.token = token;
        this.meeting = meeting;
    }

    /**
     * Carries a spare that nobody else can take meanwhile to whoever awaits the token on the meeting node. Never fails;
     * false when nobody does or that node cannot be reached. For any thread.
     */
    static Future<Boolean> carry(Node node, Spare spare, Token token, NodeId meeting) {
        return node.tunnels().carrying(new Carrying(node, spare, token, meeting).run());
    }

    private Future<Boolean> run() {
        return node.peering()
                .links()
                .take(meeting)
                .compose(link -> awaited(link)
                        .onFailure(e -> link.leg().run(link.leg()::abort))
                        .compose(start -> start(link, start)))
                .recover(e -> {
                    log.debug("a leg of {} is not carried: {}", spare.offer().server(), e.getMessage());
                    spare.decline();
                    return Future.succeededFuture(false);
                });
    }

    /** CARRY, and the other node's START; fails when it says anything else. */
    private Future<LegMessage.Start> awaited(AttachedLeg link) {
        Promise<LegMessage.Start> answer = Promise.promise();
        Leg leg = link.leg();
        leg.run(() -> {
            link.records().send(new LegMessage.Carry(token, spare.offer().server()));
            leg.flush();
            OneFrame phase = link.records()
                    .await(
                            message -> {
                                if (message instanceof LegMessage.Start start) {
                                    answer.tryComplete(start);
                                } else {
                                    answer.tryFail("nobody awaits it");
                                }
                            },
                            answer::tryFail);
            Cancellable deadline = leg.after(DEADLINE, () -> phase.fail(new TimeoutException("no answer for 2 s")));
            answer.future().onComplete(done -> deadline.cancel());
        });
        return answer.future();
    }

    private Future<Boolean> start(AttachedLeg link, LegMessage.Start start) {
        Leg leg = link.leg();
        return spare.start(start.tunnel(), start.ahead())
                .map(skeleton -> {
                    leg.run(() -> {
                        link.records().send(new LegMessage.Opened(start.tunnel()));
                        leg.flush();
                        skeleton.run(() -> node.tunnels().carry(leg, meeting, skeleton, spare.offer(), start));
                    });
                    return true;
                })
                .onFailure(gone -> leg.run(leg::abort));
    }
}
