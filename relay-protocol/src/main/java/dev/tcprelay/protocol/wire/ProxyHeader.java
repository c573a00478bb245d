package dev.tcprelay.protocol.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * The header by which a load balancer tells where a connection comes from: PROXY protocol, version 2, of
 * https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.2. The one message that is not of this
 * protocol: 12 bytes of signature, version and command, family, length, addresses, and TLVs, which are skipped.
 */
public final class ProxyHeader {
    /** The most that is taken, in bytes: a header fits into any first segment of TCP. */
    public static final int LARGEST = 536;

    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int COMMAND_AT = SIGNATURE.length;
    private static final int FAMILY_AT = COMMAND_AT + 1;
    private static final int LENGTH_AT = FAMILY_AT + 1;
    private static final int ADDRESSES_AT = LENGTH_AT + Layout.U16;
    /** Of the balancer's own making, such as a health check: what follows of the header says nothing. */
    private static final int LOCAL = 0x20;

    private static final int PROXY = 0x21;
    /** The balancer does not know: as if there were no header. */
    private static final int UNSPECIFIED = 0x00;

    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int IPV4 = 4;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int IPV6 = 16;
    /** Of both ports. */
    private static final int PORTS = 4;

    private ProxyHeader() {}

    /** How long a header is, in the way of {@link Frames}. */
    public static int size(byte[] in, int off, int available) throws ProtocolException {
        int seen = Math.min(available, SIGNATURE.length);
        if (!Arrays.equals(in, off, off + seen, SIGNATURE, 0, seen)) {
            throw new ProtocolException("no header of the PROXY protocol, version 2");
        }
        if (available > COMMAND_AT && in[off + COMMAND_AT] != LOCAL && in[off + COMMAND_AT] != PROXY) {
            throw new ProtocolException("an unknown version or command of the PROXY protocol");
        }
        int addresses = available > FAMILY_AT ? addresses(in, off) : 0;
        if (available < ADDRESSES_AT) {
            return Frames.UNKNOWN;
        }
        int length = Fields.u16(in, off + LENGTH_AT);
        if (length < addresses || ADDRESSES_AT + length > LARGEST) {
            throw new ProtocolException("a header of the PROXY protocol of an impossible length");
        }
        return ADDRESSES_AT + length;
    }

    /** The size of both addresses and ports. */
    private static int addresses(byte[] in, int off) throws ProtocolException {
        if (in[off + COMMAND_AT] == LOCAL) {
            return 0;
        }
        return switch (in[off + FAMILY_AT]) {
            case UNSPECIFIED -> 0;
            case TCP_OVER_IPV4 -> 2 * IPV4 + PORTS;
            case TCP_OVER_IPV6 -> 2 * IPV6 + PORTS;
            default -> throw new ProtocolException("a family of the PROXY protocol that is not TCP over IP");
        };
    }

    /**
     * The source of a header that {@link #size} has measured: 4 or 16 bytes of an IP address; empty when the
     * connection's own address is meant.
     */
    public static Optional<byte[]> source(byte[] header) throws ProtocolException {
        int size = (addresses(header, 0) - PORTS) / 2;
        return size < IPV4 ? Optional.empty() : Optional.of(Fields.part(header, ADDRESSES_AT, size));
    }
}
