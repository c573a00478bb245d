package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.Layer;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Work arrays for sealing and opening records, one pair per thread: JCE is fastest on arrays that are used again, and
 * an idle stream then holds none. Contents are valid only until the next record of the same thread.
 */
final class Scratch {
    private static final FastThreadLocal<Scratch> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    /** Room for the length field and the largest record of any layer. */
    static final int SIZE = 2 + Layer.END_TO_END.largest();

    final byte[] sealed = new byte[SIZE];
    final byte[] plain = new byte[SIZE];

    private Scratch() {}

    static Scratch ofThread() {
        return OF_THREAD.get();
    }
}
