package dev.tcprelay.channel;

import dev.tcprelay.channel.Dialler.Greeted;
import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LoginInitiator;
import dev.tcprelay.protocol.wire.LoginInitiator.Accepted;
import dev.tcprelay.protocol.wire.Sender;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;

/**
 * The peer's side of LOGIN, up to CONFIRM (docs/protocol.md, section 4). The public-key work is done off the event
 * loop.
 */
final class Login {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Greeted greeted;
    private final LoginInitiator handshake;
    private final String where;

    Login(Vertx vertx, Greeted greeted, RelayAddress relay, Credentials credentials, SecureRandom random) {
        this.vertx = vertx;
        this.greeted = greeted;
        this.where = relay.address().toString();
        this.handshake =
                new LoginInitiator(greeted.hello(), credentials.key(), credentials.user(), greeted.key(), random);
    }

    /** Logs in and confirms. The connection has no owner yet; WELCOME and TICKET come as its first messages. */
    Future<ControlConnection> run(Instance instance, ControlConnection.Keepalive keepalive) {
        Leg leg = greeted.leg();
        return vertx.executeBlocking(handshake::request, false)
                .compose(this::ask)
                .compose(answer -> vertx.executeBlocking(() -> handshake.accepted(body(answer)), false))
                .map(accepted -> confirm(accepted, instance, keepalive))
                .recover(e -> {
                    leg.loop().execute(leg::abort);
                    return Future.failedFuture(explain(e));
                });
    }

    private Future<byte[]> ask(byte[] request) {
        Leg leg = greeted.leg();
        Promise<byte[]> answer = Promise.promise();
        leg.loop().execute(() -> {
            leg.write(Unpooled.wrappedBuffer(request));
            leg.flush();
            OneFrame phase = OneFrame.await(leg, Frames::loginAnswer, answer::complete, answer::fail);
            Cancellable deadline = leg.after(ANSWER, () -> phase.fail(new TimeoutException("no answer for 10 s")));
            answer.future().onComplete(done -> deadline.cancel());
        });
        return answer.future();
    }

    private byte[] body(byte[] answer) throws RelayException {
        if (Frames.isRefusal(answer, 0)) {
            throw new RelayException(
                    Kind.REFUSED,
                    "the relay at " + where
                            + " refused the credentials. Check user and password; the account may also be"
                            + " disabled or unknown there.");
        }
        return Arrays.copyOfRange(answer, Frames.HEAD, answer.length);
    }

    private ControlConnection confirm(Accepted accepted, Instance instance, ControlConnection.Keepalive keepalive) {
        var connection = new ControlConnection(greeted.leg(), accepted.records(), Sender.RELAY, keepalive);
        connection.send(new Confirm(instance));
        return connection;
    }

    private Throwable explain(Throwable e) {
        if (e instanceof RelayException) {
            return e;
        }
        return new RelayException(
                Kind.UNREACHABLE,
                "logging in to the relay at " + where + " failed: " + e.getMessage() + ". Try again.",
                e);
    }
}
