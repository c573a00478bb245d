package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.EphemeralSource;
import dev.tcprelay.protocol.noise.Handshake;
import dev.tcprelay.protocol.noise.HandshakeBuilder;
import java.security.SecureRandom;
import java.util.Arrays;

/** What both sides of the end-to-end handshake begin with (docs/protocol.md sections 2 and 9). */
final class EndToEnd {

    private EndToEnd() {}

    static HandshakeBuilder handshake(ServerId server, Psk psk, SecureRandom random) {
        byte[] label = Fields.ascii(Layout.END_TO_END_LABEL);
        byte[] id = Fields.ascii(server.value());
        byte[] key = psk.bytes();
        try {
            return Handshake.named(Layout.END_TO_END_PROTOCOL)
                    .prologue(Fields.join(Fields.lp(label), Fields.lp(id)))
                    .psk(key)
                    .ephemerals(EphemeralSource.from(random));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
