package dev.tcprelay.protocol.wire;

/**
 * How long the next frame of a connection is, from its first bytes. Each method looks at {@code available} bytes from
 * {@code in[off]} and returns the whole frame's size in bytes, or {@link #UNKNOWN} when it needs more of them; what
 * cannot become a frame is refused before anything is allocated for it (rule M7).
 */
public final class Frames {

    /** More bytes are needed to tell. */
    public static final int UNKNOWN = -1;

    /** The most that the relay reads of a connection before it is authenticated, in bytes (rule M14). */
    public static final int BEFORE_AUTHENTICATION = Layout.BEFORE_AUTHENTICATION;

    /** The size of the head of LOGIN, of its answer and of ATTACH; the body that follows is what their readers take. */
    public static final int HEAD = Layout.FRAME_HEAD;

    private Frames() {}

    /** The relay's side: the first frame of a connection, LOGIN or ATTACH. */
    public static int request(byte[] in, int off, int available) throws ProtocolException {
        if (available < 1) {
            return UNKNOWN;
        }
        boolean login = in[off] == Layout.LOGIN;
        if (!login && in[off] != Layout.ATTACH) {
            throw new ProtocolException("neither LOGIN nor ATTACH");
        }
        if (available < HEAD) {
            return UNKNOWN;
        }
        return HEAD
                + (login
                        ? length(in, off + 1, Layout.LOGIN_REQUEST, Layout.LOGIN_REQUEST)
                        : length(in, off + 1, Layout.ATTACH_FIXED + 1, Layout.ATTACH_LARGEST));
    }

    /** Whether a frame that {@link #request} has measured is ATTACH; else it is LOGIN. */
    public static boolean isAttach(byte[] in, int off) {
        return in[off] == Layout.ATTACH;
    }

    /** The peer's side: the answer to LOGIN, or a refusal. */
    public static int loginAnswer(byte[] in, int off, int available) throws ProtocolException {
        if (available < 1) {
            return UNKNOWN;
        }
        if (in[off] == Layout.REFUSED) {
            return refusal(in, off, available);
        }
        if (in[off] != Layout.LOGIN) {
            throw new ProtocolException("no answer to LOGIN");
        }
        return available < HEAD ? UNKNOWN : HEAD + length(in, off + 1, Layout.LOGIN_ANSWER, Layout.LOGIN_ANSWER);
    }

    /** The peer's side: the answer to ATTACH, a record, or a refusal. */
    public static int attachAnswer(byte[] in, int off, int available) throws ProtocolException {
        return available >= 1 && in[off] == Layout.REFUSED
                ? refusal(in, off, available)
                : record(Layer.LEG, in, off, available);
    }

    /** A record of this layer, its length field included. */
    public static int record(Layer layer, byte[] in, int off, int available) throws ProtocolException {
        return available < Layout.LENGTH
                ? UNKNOWN
                : Layout.LENGTH + length(in, off, Layout.RECORD_SMALLEST, layer.largest());
    }

    /** The client's side: message 1 of the end-to-end handshake, its length field included. */
    public static int message1(byte[] in, int off, int available) throws ProtocolException {
        return available < Layout.LENGTH
                ? UNKNOWN
                : Layout.LENGTH + length(in, off, Layout.MESSAGE_1, Layout.MESSAGE_1);
    }

    /** The skeleton's side: message 2 of the end-to-end handshake, its length field included. */
    public static int message2(byte[] in, int off, int available) throws ProtocolException {
        return available < Layout.LENGTH
                ? UNKNOWN
                : Layout.LENGTH + length(in, off, Layout.MESSAGE_2, Layout.MESSAGE_2);
    }

    /** Whether a frame that {@link #loginAnswer} or {@link #attachAnswer} has measured is a refusal. */
    public static boolean isRefusal(byte[] in, int off) {
        return in[off] == Layout.REFUSED;
    }

    /** What the relay says to a LOGIN or ATTACH that it refuses, whatever the cause (rules M11, M26): a new array. */
    public static byte[] refusal() {
        return new byte[] {Layout.REFUSED, Layout.REFUSED_REASON};
    }

    private static int refusal(byte[] in, int off, int available) throws ProtocolException {
        if (available < Layout.REFUSAL) {
            return UNKNOWN;
        }
        if (in[off + 1] != Layout.REFUSED_REASON) {
            throw new ProtocolException("an unknown refusal");
        }
        return Layout.REFUSAL;
    }

    private static int length(byte[] in, int at, int smallest, int largest) throws ProtocolException {
        int length = Fields.u16(in, at);
        if (length < smallest || length > largest) {
            throw new ProtocolException("a frame of an impossible length");
        }
        return length;
    }
}
