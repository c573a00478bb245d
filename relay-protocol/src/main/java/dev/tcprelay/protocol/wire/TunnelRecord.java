package dev.tcprelay.protocol.wire;

/** The end-to-end records (docs/protocol.md section 9). */
public enum TunnelRecord {
    /** 1 to 65,518 bytes of the stream. */
    DATA(Layout.DATA, 1, Layer.END_TO_END.largestBody()),

    /** The end of this direction. */
    EOF(Layout.EOF, 0, 0),

    /** The skeleton's first record: an {@link Outcome}. */
    RESULT(Layout.RESULT, 1, 1),

    /** The end of both directions: a {@link CloseCode}. */
    CLOSE(Layout.CLOSE, 1, 1);

    private final int type;
    private final int shortest;
    private final int longest;

    TunnelRecord(int type, int shortest, int longest) {
        this.type = type;
        this.shortest = shortest;
        this.longest = longest;
    }

    /** The type byte, for {@link RecordSealer}. */
    public int type() {
        return type;
    }

    /** The record of this type, if its body may have this length; an empty DATA may not be (rule M48). */
    static TunnelRecord of(int type, int bodyLength) throws ProtocolException {
        for (TunnelRecord record : values()) {
            if (record.type == type && bodyLength >= record.shortest && bodyLength <= record.longest) {
                return record;
            }
        }
        throw new ProtocolException("an end-to-end record of unknown type or wrong length");
    }
}
