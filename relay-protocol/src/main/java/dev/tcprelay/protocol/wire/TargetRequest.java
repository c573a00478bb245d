package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.HostPort;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * To what a client wants to be connected behind a skeleton: the payload of the end-to-end message 2 (docs/protocol.md
 * section 9).
 *
 * @param named the target that the client names, or empty for the id's default one
 */
public record TargetRequest(Optional<HostPort> named) {

    private static final byte DEFAULT = 0;
    private static final byte NAMED = 1;

    /** @throws IllegalArgumentException if a named target has port 0 */
    public TargetRequest {
        if (named.isPresent() && named.get().port() == 0) {
            throw new IllegalArgumentException("a target has a port from 1 to 65535");
        }
    }

    /** The default target of the id. */
    public static TargetRequest defaultTarget() {
        return new TargetRequest(Optional.empty());
    }

    /** This target, which the skeleton must allow. */
    public static TargetRequest to(HostPort target) {
        return new TargetRequest(Optional.of(target));
    }

    byte[] encode() {
        byte[] payload = new byte[Layout.TARGET];
        if (named.isPresent()) {
            HostPort target = named.get();
            payload[0] = NAMED;
            Fields.putU16(payload, Layout.TARGET_PORT_AT, target.port());
            byte[] host = Fields.lp(Fields.ascii(target.host()));
            System.arraycopy(host, 0, payload, Layout.TARGET_HOST_AT, host.length);
        }
        return payload;
    }

    static TargetRequest decode(byte[] payload) throws ProtocolException {
        Fields.requireLength(payload.length, Layout.TARGET);
        if (payload[0] == DEFAULT) {
            Fields.requireZeros(payload, 1, payload.length);
            return defaultTarget();
        }
        int hostLength = Fields.u16(payload, Layout.TARGET_HOST_AT);
        if (payload[0] != NAMED || hostLength > Layout.HOST_LARGEST) {
            throw new ProtocolException("not a request for a target");
        }
        int hostAt = Layout.TARGET_HOST_AT + Layout.U16;
        Fields.requireZeros(payload, hostAt + hostLength, payload.length);
        String host = new String(payload, hostAt, hostLength, StandardCharsets.ISO_8859_1);
        try {
            return to(new HostPort(host, Fields.u16(payload, Layout.TARGET_PORT_AT)));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("not a host and a port");
        }
    }
}
