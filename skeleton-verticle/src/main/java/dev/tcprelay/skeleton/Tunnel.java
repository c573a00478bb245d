package dev.tcprelay.skeleton;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.channel.SpliceEnd;
import dev.tcprelay.channel.TargetException;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.EndToEndInitiator;
import dev.tcprelay.protocol.wire.LegMessage.Start;
import dev.tcprelay.protocol.wire.Outcome;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leg from START on (docs/protocol.md, section 9): the client's message 2, then the connection to the target, then
 * RESULT, then bytes. Nothing is dialled for a client that has not shown the psk. One log line at the end. On the
 * leg's loop.
 */
final class Tunnel {
    private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

    private final Site site;
    private final ServerId server;
    private final Supplier<Target> targets;
    private final Leg leg;
    private final Start start;
    private final long startedAt = System.nanoTime();

    /** @param targets is asked, on the leg's loop, when the client has shown the psk */
    Tunnel(Site site, ServerId server, Supplier<Target> targets, Leg leg, Start start) {
        this.site = site;
        this.server = server;
        this.targets = targets;
        this.leg = leg;
        this.start = start;
    }

    /** @param proven is run, on the leg's loop, when the client has shown the psk or is gone */
    void run(EndToEndInitiator handshake, Runnable proven) {
        Duration deadline =
                start.ahead() ? site.timing().message2Ahead() : site.timing().message2();
        EndToEnd.serve(leg, handshake, deadline)
                .onComplete(
                        served -> {
                            proven.run();
                            requested(served);
                        },
                        e -> {
                            proven.run();
                            notProven(e);
                        });
    }

    /** That a tunnel opened ahead was not needed is no event. */
    private void notProven(Throwable e) {
        if (start.ahead() && !(e instanceof AuthenticationException)) {
            log.debug("tunnel {} to {} was opened ahead and not used: {}", start.tunnel(), server, e.getMessage());
        } else {
            over("the client has not shown the psk: " + e.getMessage());
        }
    }

    private void requested(EndToEnd.Served served) {
        SealedStream stream = served.stream();
        if (served.target().named().isPresent()) {
            stream.result(Outcome.DENIED);
            over("the client has named a target, which is not allowed here");
            return;
        }
        Target target = targets.get();
        var waiting = new WhileDialling(stream, target);
        stream.receiver(waiting);
        target.connect()
                .onComplete(
                        connected -> leg.run(() -> waiting.connected(connected)),
                        e -> leg.run(() -> waiting.failed(e)));
    }

    private void joined(SealedStream stream, Leg connected) {
        stream.result(Outcome.OK);
        Splice unused = Splice.join(stream, connected, this::ended);
    }

    private void ended(SpliceEnd end) {
        String why = switch (end.outcome()) {
            case FINISHED -> "finished";
            case A_LOST -> "reset from the client's side";
            case B_LOST -> "reset by the server";
            case ABORTED -> "cut";
        };
        over(why + ", " + end.aToB() + " bytes to the server, " + end.bToA() + " bytes to the client");
    }

    private void over(String how) {
        long millis = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
        log.info("tunnel {} to {} over after {} ms: {}", start.tunnel(), server, millis, how);
    }

    /** Holds the first bytes that the client has sent ahead, and reads no more until the target is there. */
    private final class WhileDialling implements Duplex.Receiver {
        private final SealedStream stream;
        private final Target target;
        private boolean left;
        private boolean decided;

        WhileDialling(SealedStream stream, Target target) {
            this.stream = stream;
            this.target = target;
        }

        @Override
        public void received(ByteBuf bytes) {
            stream.unread(bytes);
            stream.pause();
        }

        @Override
        public void ended() {
            // The splice is told of it again.
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            if (!decided) {
                left = true;
                String how = cause == null ? "" : ": " + cause.getMessage();
                over("the client left while " + target + " was dialled" + how);
            }
        }

        void connected(Leg connected) {
            if (left) {
                // An end would tell the server that the client has sent all that it wanted to.
                connected.run(connected::abort);
            } else {
                decided = true;
                joined(stream, connected);
            }
        }

        void failed(Throwable e) {
            if (!left) {
                decided = true;
                TargetException failure = TargetException.of(e);
                stream.result(failure.outcome());
                over(target + " could not be reached (" + failure.outcome() + "): " + failure.getMessage());
            }
        }
    }
}
