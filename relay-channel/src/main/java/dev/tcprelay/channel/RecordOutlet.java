package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.RecordSealer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Arrays;

/** Seals one direction of a connection into records (docs/protocol.md, section 2). Used on one thread. */
final class RecordOutlet {
    private final RecordSealer sealer;

    RecordOutlet(RecordSealer sealer) {
        this.sealer = sealer;
    }

    /** One record of a whole message, {@code type || body}. */
    ByteBuf record(byte[] typeAndBody) {
        return record(typeAndBody[0], Arrays.copyOfRange(typeAndBody, 1, typeAndBody.length));
    }

    /** One record; the body is not kept. */
    ByteBuf record(int type, byte[] body) {
        byte[] sealed = Scratch.ofThread().sealed;
        int size = sealer.seal(type, body, 0, body.length, sealed, 0);
        return PooledByteBufAllocator.DEFAULT.directBuffer(size).writeBytes(sealed, 0, size);
    }

    /**
     * As many end-to-end records as the bytes need, in one buffer, so that a write stays one buffer however long it is.
     * Does not release {@code bytes}.
     */
    ByteBuf records(int type, ByteBuf bytes) {
        int largest = Layer.END_TO_END.largestBody();
        int count = (bytes.readableBytes() + largest - 1) / largest;
        ByteBuf out =
                PooledByteBufAllocator.DEFAULT.directBuffer(bytes.readableBytes() + count * RecordSealer.OVERHEAD);
        byte[] work = Scratch.ofThread().sealed;
        while (bytes.isReadable()) {
            int n = Math.min(largest, bytes.readableBytes());
            bytes.readBytes(work, RecordSealer.BODY_AT, n);
            out.writeBytes(work, 0, sealer.sealInPlace(type, work, 0, n));
        }
        return out;
    }
}
