package dev.tcprelay.protocol.wire;

/** The three record layers, which differ in their largest record (docs/protocol.md section 2, rule M7). */
public enum Layer {
    CONTROL(Layout.CONTROL_LARGEST),
    LEG(Layout.LEG_LARGEST),
    END_TO_END(Layout.TUNNEL_LARGEST);

    private final int largest;

    Layer(int largest) {
        this.largest = largest;
    }

    /** The largest value of a record's length field, in bytes; the record itself is two bytes longer. */
    public int largest() {
        return largest;
    }

    /** The longest body of a record, in bytes. */
    public int largestBody() {
        return largest - Layout.TYPE - Layout.TAG;
    }
}
