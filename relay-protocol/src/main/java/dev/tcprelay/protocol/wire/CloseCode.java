package dev.tcprelay.protocol.wire;

/** Why a tunnel ends before both directions have: the codes of CLOSE (docs/protocol.md section 9). */
public enum CloseCode {
    /** The application or the target has reset its connection (rule M47). */
    ABORTED(1),

    /** The sender stops. */
    GOING_AWAY(2);

    private final byte code;

    CloseCode(int code) {
        this.code = (byte) code;
    }

    /** The body of CLOSE. */
    public byte code() {
        return code;
    }

    /** The reason with this code. */
    public static CloseCode of(byte code) throws ProtocolException {
        for (CloseCode reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new ProtocolException("an unknown code of CLOSE");
    }
}
