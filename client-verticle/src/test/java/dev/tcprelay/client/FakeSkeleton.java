package dev.tcprelay.client;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.client.FakeRelay.Asked;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.wire.EndToEndInitiator;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.RecordSealer;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The other end of tunnels: what a relay joins to a client's leg. */
final class FakeSkeleton {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration LONG = Duration.ofSeconds(30);

    private FakeSkeleton() {}

    /** A skeleton that says this result; after ok, the target takes the stream. */
    static Consumer<Asked> serving(Psk psk, Outcome outcome, Consumer<SealedStream> target) {
        return asked -> {
            var handshake = new EndToEndInitiator(asked.id(), psk, RANDOM);
            asked.opened(handshake.message1());
            EndToEnd.serve(asked.leg(), handshake, LONG)
                    .onComplete(
                            served -> {
                                served.stream().result(outcome);
                                if (outcome == Outcome.OK) {
                                    target.accept(served.stream());
                                }
                            },
                            e -> {});
        };
    }

    /** A target that sends back what it gets. */
    static void echo(SealedStream stream) {
        stream.receiver(new Duplex.Receiver() {
            @Override
            public void received(ByteBuf bytes) {
                stream.write(bytes);
            }

            @Override
            public void readCompleted() {
                stream.flush();
            }

            @Override
            public void ended() {
                stream.end();
            }

            @Override
            public void closed(@Nullable ConnectionLost cause) {}
        });
    }

    /** A skeleton whose records are made by hand, after message 2 has come. */
    static Consumer<Asked> raw(Psk psk, Consumer<Raw> script) {
        return asked -> {
            var handshake = new EndToEndInitiator(asked.id(), psk, RANDOM);
            asked.opened(handshake.message1());
            message2(asked, handshake, (leg, records) -> script.accept(new Raw(leg, records.sealer())));
        };
    }

    private static void message2(Asked asked, EndToEndInitiator handshake, BiConsumer<Leg, SecureRecords> then) {
        OneFrame.await(
                asked.leg(),
                Frames::message2,
                frame -> {
                    handshake.read(Arrays.copyOfRange(frame, 2, frame.length));
                    then.accept(asked.leg(), handshake.records());
                },
                e -> asked.leg().abort());
    }

    /** Makes records, and sends what the test likes. */
    record Raw(Leg leg, RecordSealer sealer) {
        byte[] result() {
            return seal(TunnelRecord.RESULT, Outcome.OK.code());
        }

        byte[] data(String text) {
            return seal(TunnelRecord.DATA, ProxyTalk.ascii(text));
        }

        byte[] seal(TunnelRecord type, byte... body) {
            byte[] out = new byte[RecordSealer.sealedSize(body.length)];
            sealer.seal(type.type(), body, 0, body.length, out, 0);
            return out;
        }

        void send(byte[]... records) {
            for (byte[] record : records) {
                leg.write(Unpooled.wrappedBuffer(record));
            }
            leg.flush();
        }
    }
}
