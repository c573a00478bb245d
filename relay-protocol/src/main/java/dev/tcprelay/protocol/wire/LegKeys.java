package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.noise.CipherState;
import dev.tcprelay.protocol.noise.Hkdf;
import java.util.Arrays;

/**
 * The two directions of a leg, from the ticket's secret and both nonces of the connection (docs/protocol.md section 6,
 * rule M28).
 *
 * @param toRelay {@code k_c2r}, whose message 0 is inside ATTACH
 * @param fromRelay {@code k_r2c}
 */
record LegKeys(CipherState toRelay, CipherState fromRelay) {

    static LegKeys derive(Hello hello, byte[] clientNonce, TicketSecret secret) {
        byte[] rs = secret.bytes();
        byte[] salt = Fields.join(hello.nonce(), clientNonce);
        byte[] info = Fields.join(
                Fields.lp(Fields.ascii(Layout.ATTACH_LABEL)),
                new byte[] {hello.role().code()});
        byte[] keys = Hkdf.derive(rs, salt, info, 2 * Layout.KEY);
        byte[] toRelay = Fields.part(keys, 0, Layout.KEY);
        byte[] fromRelay = Fields.part(keys, Layout.KEY, Layout.KEY);
        try {
            return new LegKeys(CipherState.aesGcm(toRelay), CipherState.aesGcm(fromRelay));
        } finally {
            for (byte[] secretBytes : new byte[][] {rs, keys, toRelay, fromRelay}) {
                Arrays.fill(secretBytes, (byte) 0);
            }
        }
    }
}
