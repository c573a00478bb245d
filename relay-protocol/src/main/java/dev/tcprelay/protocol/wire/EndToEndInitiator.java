package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.Handshake;
import java.security.SecureRandom;

/**
 * The skeleton's side of the end-to-end handshake (docs/protocol.md section 9): {@link #message1}, {@link #read},
 * {@link #records}. Calls out of order throw {@link IllegalStateException}. For one thread at a time.
 */
public final class EndToEndInitiator {

    /** Bytes of message 1 with its length field. */
    public static final int MESSAGE_1 = Layout.U16 + Layout.MESSAGE_1;

    private final Handshake handshake;

    public EndToEndInitiator(ServerId server, Psk psk, SecureRandom random) {
        this.handshake = EndToEnd.handshake(server, psk, random).initiator();
    }

    /** Message 1 with its length field: 50 bytes, to be sent right behind ATTACH. */
    public byte[] message1() {
        return Fields.lp(handshake.write(new byte[0]));
    }

    /**
     * What the client wants. Nothing is dialled before this has succeeded (rule M42).
     *
     * @param message2 without its length field: 320 bytes
     * @throws AuthenticationException whatever is wrong with it, cryptography or content
     */
    public TargetRequest read(byte[] message2) throws AuthenticationException {
        byte[] payload = handshake.read(message2);
        try {
            return TargetRequest.decode(payload);
        } catch (ProtocolException e) {
            throw new AuthenticationException("message 2: " + e.getMessage());
        }
    }

    /** The records of the tunnel, once. */
    public SecureRecords records() {
        return SecureRecords.of(handshake.split(), Layer.END_TO_END);
    }
}
