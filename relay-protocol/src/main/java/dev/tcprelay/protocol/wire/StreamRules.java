package dev.tcprelay.protocol.wire;

/**
 * Which end-to-end record may follow which in one direction of a tunnel (docs/protocol.md, rules M44 to M48). Does not
 * allocate but to refuse. For one thread at a time.
 */
public final class StreamRules {

    /** What a direction may still carry. */
    private enum Phase {
        RESULT,
        STREAM,
        ONLY_CLOSE,
        NOTHING
    }

    private Phase phase;

    private StreamRules(Phase phase) {
        this.phase = phase;
    }

    /** For what a client sends: a stream from the start, and no RESULT. */
    public static StreamRules ofClient() {
        return new StreamRules(Phase.STREAM);
    }

    /** For what a skeleton sends: RESULT first, and a stream only if that was ok. */
    public static StreamRules ofSkeleton() {
        return new StreamRules(Phase.RESULT);
    }

    /**
     * Judges the next record of the direction.
     *
     * @param plain type and body from {@code plain[off]}, {@code len} bytes, as {@link RecordOpener} gives them
     * @return what it is; its body, of a length that is right for it, begins at {@code plain[off + 1]}, and the code
     *     of a RESULT or CLOSE is one that {@link Outcome#of} or {@link CloseCode#of} knows
     * @throws ProtocolException if it may not come now or is no record at all; both ends are to be reset then
     */
    public TunnelRecord accept(byte[] plain, int off, int len) throws ProtocolException {
        if (len < Layout.TYPE) {
            throw new ProtocolException("an end-to-end record without a type");
        }
        TunnelRecord record = TunnelRecord.of(plain[off], len - Layout.TYPE);
        byte code = len > Layout.TYPE ? plain[off + Layout.TYPE] : 0;
        phase = after(record, code);
        return record;
    }

    private Phase after(TunnelRecord record, byte code) throws ProtocolException {
        switch (phase) {
            case RESULT -> {
                if (record == TunnelRecord.RESULT) {
                    return Outcome.of(code) == Outcome.OK ? Phase.STREAM : Phase.NOTHING;
                }
            }
            case STREAM -> {
                if (record == TunnelRecord.DATA) {
                    return Phase.STREAM;
                }
                if (record == TunnelRecord.EOF) {
                    return Phase.ONLY_CLOSE;
                }
                if (record == TunnelRecord.CLOSE) {
                    return close(code);
                }
            }
            case ONLY_CLOSE -> {
                if (record == TunnelRecord.CLOSE) {
                    return close(code);
                }
            }
            case NOTHING -> {}
        }
        throw new ProtocolException("an end-to-end record out of order");
    }

    private static Phase close(byte code) throws ProtocolException {
        CloseCode known = CloseCode.of(code);
        assert known.code() == code;
        return Phase.NOTHING;
    }

    /** Whether EOF, CLOSE or a RESULT that is not ok has come. Else the end of the TCP stream is a reset (rule M46). */
    public boolean ended() {
        return phase == Phase.ONLY_CLOSE || phase == Phase.NOTHING;
    }
}
