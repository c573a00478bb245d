package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.EndToEndInitiator;
import dev.tcprelay.protocol.wire.EndToEndResponder;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.StreamRules;
import dev.tcprelay.protocol.wire.TargetRequest;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;

/**
 * The end-to-end handshake on a raw tunnel, from both ends (docs/protocol.md, section 9). The futures fail with what
 * went wrong, for the own log only, and the tunnel is ended then. On the leg's loop.
 */
public final class EndToEnd {
    private static final int LENGTH = 2;

    private EndToEnd() {}

    /** A skeleton's end after message 2: what the client wants, and the stream, on which RESULT is to be sent first. */
    public record Served(TargetRequest target, SealedStream stream) {}

    /** The skeleton's end, which has sent message 1: waits for message 2. */
    public static Future<Served> serve(Leg leg, EndToEndInitiator handshake, Duration deadline) {
        Promise<Served> promise = Promise.promise();
        await(
                leg,
                Frames::message2,
                message2 -> {
                    TargetRequest target = handshake.read(body(message2));
                    promise.complete(
                            new Served(target, new SealedStream(leg, handshake.records(), StreamRules.ofClient())));
                },
                promise,
                deadline);
        return promise.future();
    }

    /**
     * A client's end that has opened message 1: message 2 is made, nothing has been sent, and the skeleton has
     * connected to nothing. The leg has no receiver.
     */
    public static final class Begun {
        private final Leg leg;
        private final EndToEndResponder handshake;
        private final byte[] message2;

        private Begun(Leg leg, EndToEndResponder handshake, byte[] message2) {
            this.leg = leg;
            this.handshake = handshake;
            this.message2 = message2;
        }

        public Leg leg() {
            return leg;
        }

        /**
         * Queues message 2; to be called once. Whoever takes the stream flushes it, so that bytes which are there
         * already go along. The stream's {@link SealedStream#onResult} tells how the target answered.
         * The skeleton waits 10 s for it, 5 minutes if the tunnel was opened ahead (docs/protocol.md, M42).
         */
        public SealedStream answer() {
            leg.write(Unpooled.wrappedBuffer(message2));
            return new SealedStream(leg, handshake.records(), StreamRules.ofSkeleton());
        }
    }

    /**
     * The client's end: opens message 1. Fails with {@link dev.tcprelay.protocol.noise.AuthenticationException} when no
     * psk fits; nothing has been sent then.
     */
    public static Future<Begun> begin(Leg leg, EndToEndResponder handshake, TargetRequest target, Duration deadline) {
        Promise<Begun> promise = Promise.promise();
        await(
                leg,
                Frames::message1,
                message1 -> promise.complete(new Begun(leg, handshake, handshake.answer(body(message1), target))),
                promise,
                deadline);
        return promise.future();
    }

    private static void await(
            Leg leg, OneFrame.Size size, OneFrame.Taker taker, Promise<?> promise, Duration deadline) {
        OneFrame phase = OneFrame.await(leg, size, taker, e -> {
            leg.closeGently();
            promise.fail(e);
        });
        Cancellable timer = leg.after(
                deadline, () -> phase.fail(new TimeoutException("nothing came for " + deadline.toSeconds() + " s")));
        promise.future().onComplete(done -> timer.cancel());
    }

    private static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, LENGTH, frame.length);
    }
}
