package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.StreamRules;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that sends its request with message 2 and ends at once: the wire has told of its end before the stream,
 * which is made then, has opened a record. The FIN must not overtake the EOF that stands before it.
 */
class SealedHandOverTest {
    static java.util.stream.Stream<Transport> transports() {
        return Rig.transports();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theWiresEndCountsBehindTheRecordsBeforeIt(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair pair = rig.accept();
            SecureRecords[] keys = SealedRig.keys();
            var before = new UntilTheEnd();
            Rig.run(pair.leg(), () -> pair.leg().receiver(before));
            pair.peer().getOutputStream().write(record(keys[1], TunnelRecord.DATA, "request"));
            pair.peer().getOutputStream().write(record(keys[1], TunnelRecord.EOF, ""));
            pair.peer().shutdownOutput();
            ByteBuf early = before.all.get(Rig.SECONDS, TimeUnit.SECONDS);
            var recorder = new Recorder();
            Rig.run(pair.leg(), () -> {
                pair.leg().unread(early);
                var stream = new SealedStream(pair.leg(), keys[0], StreamRules.ofClient());
                stream.receiver(recorder);
                stream.end();
            });
            recorder.awaitEnded();
            assertNull(recorder.awaitClosed());
            assertEquals("request", recorder.bytes.toString(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] record(SecureRecords keys, TunnelRecord type, String body) {
        byte[] plain = (" " + body).getBytes(StandardCharsets.US_ASCII);
        plain[0] = (byte) type.type();
        return keys.sealer().seal(plain);
    }

    /** The phase before the stream. */
    private static final class UntilTheEnd implements Duplex.Receiver {
        private final ByteBuf got = Unpooled.buffer();
        private final CompletableFuture<ByteBuf> all = new CompletableFuture<>();

        @Override
        public void received(ByteBuf bytes) {
            got.writeBytes(bytes);
            bytes.release();
        }

        @Override
        public void ended() {
            all.complete(got);
        }

        @Override
        public void closed(@Nullable ConnectionLost cause) {
            all.completeExceptionally(new IllegalStateException("closed"));
        }
    }
}
