package dev.tcprelay.protocol.wire;

/** How connecting to the target went: the five codes of RESULT, and nothing else crosses the wire (rule M42). */
public enum Outcome {
    OK(0),
    REFUSED(1),
    TIMED_OUT(2),
    UNREACHABLE(3),
    DENIED(4);

    private final byte code;

    Outcome(int code) {
        this.code = (byte) code;
    }

    /** The body of RESULT. */
    public byte code() {
        return code;
    }

    /** The outcome with this code. */
    public static Outcome of(byte code) throws ProtocolException {
        for (Outcome outcome : values()) {
            if (outcome.code == code) {
                return outcome;
            }
        }
        throw new ProtocolException("an unknown code of RESULT");
    }
}
