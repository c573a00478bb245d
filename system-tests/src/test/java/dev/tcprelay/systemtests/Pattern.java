package dev.tcprelay.systemtests;

/**
 * A stream of bytes without an end that is made as it is needed. Streams of different seeds differ from the first
 * bytes on, so that one that came out elsewhere, or was moved, would be seen.
 */
record Pattern(long seed) {
    private static final int WORD = 8;

    /** The byte at a position. */
    byte at(long position) {
        return (byte) (word(position / WORD) >>> (WORD * (int) (position % WORD)));
    }

    /** The finalizer of SplitMix64. */
    private long word(long index) {
        long z = (seed * 0xD1342543DE82EF95L) + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The bytes of a part. */
    byte[] bytes(long from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(from + i);
        }
        return bytes;
    }

    /** The first position at which these bytes are others, or -1. */
    long difference(byte[] bytes, int length, long from) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] != at(from + i)) {
                return from + i;
            }
        }
        return -1;
    }
}
