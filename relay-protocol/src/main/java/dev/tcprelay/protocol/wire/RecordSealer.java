package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.noise.CipherState;
import java.util.Objects;

/**
 * The sending half of a record layer (docs/protocol.md section 2). A record is {@code u16 length, AEAD(type, body)}.
 * Sealing allocates nothing except in the methods that return arrays. For one thread at a time.
 *
 * <p>After 2^64-1 records, or any failure of the cipher, every call throws {@link IllegalStateException} (rule M4).
 */
public final class RecordSealer {

    /** Where the body begins in a record: after the length and the type. */
    public static final int BODY_AT = Layout.RECORD_BODY_AT;

    /** What a record is longer than its body. */
    public static final int OVERHEAD = Layout.RECORD_OVERHEAD;

    private static final byte[] NO_AD = {};

    private final CipherState cipher;
    private final Layer layer;
    private final Rekeying rekeying;

    public RecordSealer(CipherState cipher, Layer layer) {
        this(cipher, layer, Layout.REKEY_INTERVAL);
    }

    /** With another distance between keys than the protocol's 65,536 records, so that tests reach it soon. */
    public RecordSealer(CipherState cipher, Layer layer, int rekeyInterval) {
        this.cipher = cipher;
        this.layer = layer;
        this.rekeying = new Rekeying(rekeyInterval);
    }

    /** The layer, which sets the longest body. */
    public Layer layer() {
        return layer;
    }

    /** The size of a record with a body of this length. */
    public static int sealedSize(int bodyLength) {
        return bodyLength + OVERHEAD;
    }

    /**
     * Writes a record to {@code out} from {@code outOff}; copies the body once. The body may be part of {@code out}.
     *
     * @return the record's size, {@code sealedSize(len)}
     * @throws IllegalArgumentException if the body is longer than the layer allows
     * @throws IndexOutOfBoundsException if a range is outside its array; nothing has changed then
     */
    public int seal(int type, byte[] body, int off, int len, byte[] out, int outOff) {
        checkRoom(len, out, outOff);
        System.arraycopy(body, off, out, outOff + BODY_AT, len);
        return sealInPlace(type, out, outOff, len);
    }

    /**
     * Makes a record of a body that stands in its place already, without a copy: the body is at
     * {@code work[at + BODY_AT]}, and the record takes {@code sealedSize(bodyLength)} bytes from {@code work[at]}.
     *
     * @return the record's size
     * @throws IllegalArgumentException if the body is longer than the layer allows
     * @throws IndexOutOfBoundsException if the record would not fit; nothing has changed then
     */
    public int sealInPlace(int type, byte[] work, int at, int bodyLength) {
        checkRoom(bodyLength, work, at);
        rekeying.before(cipher);
        int plainAt = at + Layout.RECORD_TYPE_AT;
        work[plainAt] = (byte) type;
        int sealed = cipher.seal(NO_AD, work, plainAt, Layout.TYPE + bodyLength, work, plainAt);
        Fields.putU16(work, at, sealed);
        return Layout.LENGTH + sealed;
    }

    /** The record of a whole message, type and body, as {@link ControlCodec} and {@link LegMessage} encode it. */
    public byte[] seal(byte[] typeAndBody) {
        int bodyLength = typeAndBody.length - Layout.TYPE;
        byte[] out = new byte[sealedSize(bodyLength)];
        int size = seal(typeAndBody[0], typeAndBody, Layout.TYPE, bodyLength, out, 0);
        assert size == out.length;
        return out;
    }

    private void checkRoom(int bodyLength, byte[] out, int outOff) {
        if (bodyLength < 0 || bodyLength > layer.largestBody()) {
            throw new IllegalArgumentException("a body of " + bodyLength + " bytes in a record of " + layer);
        }
        Objects.checkFromIndexSize(outOff, sealedSize(bodyLength), out.length);
    }
}
