package dev.tcprelay.client;

import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.client.FakeRelay.Asked;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.wire.EndToEndInitiator;
import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A far end that only notes what comes: {@code bytes}, {@code end}, {@code lost} or {@code closed}. */
final class Listening {
    private Listening() {}

    static Consumer<Asked> afterMessage1(Psk psk, BlockingQueue<String> seen) {
        return asked -> {
            asked.opened(new EndToEndInitiator(asked.id(), psk, new SecureRandom()).message1());
            to(asked.leg(), seen);
        };
    }

    static void to(Leg leg, BlockingQueue<String> seen) {
        leg.receiver(new Duplex.Receiver() {
            @Override
            public void received(ByteBuf bytes) {
                bytes.release();
                seen.add("bytes");
            }

            @Override
            public void ended() {
                seen.add("end");
                leg.closeGently();
            }

            @Override
            public void closed(@Nullable ConnectionLost cause) {
                seen.add(cause == null ? "closed" : "lost");
            }
        });
    }
}
