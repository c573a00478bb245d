package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.CipherState;

/**
 * The receiving half of a record layer (docs/protocol.md section 2). For one thread at a time.
 *
 * <p>After a record that does not open the connection is over (rule M6): the output range is zeros, and every later
 * call throws {@link IllegalStateException}.
 */
public final class RecordOpener {

    private static final byte[] NO_AD = {};

    private final CipherState cipher;
    private final Layer layer;
    private final Rekeying rekeying;

    public RecordOpener(CipherState cipher, Layer layer) {
        this(cipher, layer, Layout.REKEY_INTERVAL);
    }

    /** With another distance between keys than the protocol's 65,536 records, so that tests reach it soon. */
    public RecordOpener(CipherState cipher, Layer layer, int rekeyInterval) {
        this.cipher = cipher;
        this.layer = layer;
        this.rekeying = new Rekeying(rekeyInterval);
    }

    /** The layer, which sets the longest record. */
    public Layer layer() {
        return layer;
    }

    /**
     * Checks a record's length field, before anything is allocated for it (rule M7).
     *
     * @return the same length
     * @throws ProtocolException unless it is from 17 to the layer's largest
     */
    public int checkLength(int length) throws ProtocolException {
        if (length < Layout.RECORD_SMALLEST || length > layer.largest()) {
            throw new ProtocolException("a record of an impossible length");
        }
        return length;
    }

    /**
     * Opens the next record. {@code in} and {@code out} should be different arrays: to open in place, the platform's
     * cipher makes a copy of its own.
     *
     * @param length the record's length field; that many bytes follow from {@code in[off]}
     * @param out gets type and body, {@code length - 16} bytes from {@code outOff}
     * @return {@code length - 16}
     * @throws ProtocolException if the length is impossible, or 2^64-1 records were opened
     * @throws AuthenticationException if it does not open: altered, dropped, repeated, reordered or another key's
     */
    public int open(byte[] in, int off, int length, byte[] out, int outOff)
            throws ProtocolException, AuthenticationException {
        checkLength(length);
        if (cipher.nonce() == -1) {
            throw new ProtocolException("too many records");
        }
        rekeying.before(cipher);
        return cipher.open(NO_AD, in, off, length, out, outOff);
    }

    /** The same into a new array: type and body, as {@link ControlCodec} and {@link LegMessage} decode it. */
    public byte[] open(byte[] in, int off, int length) throws ProtocolException, AuthenticationException {
        byte[] typeAndBody = new byte[checkLength(length) - Layout.TAG];
        int size = open(in, off, length, typeAndBody, 0);
        assert size == typeAndBody.length;
        return typeAndBody;
    }
}
