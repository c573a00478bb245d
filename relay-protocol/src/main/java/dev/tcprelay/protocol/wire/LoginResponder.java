package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.EphemeralSource;
import dev.tcprelay.protocol.noise.Handshake;
import dev.tcprelay.protocol.noise.KeyPair;
import java.security.SecureRandom;

/**
 * The relay's side of a login (docs/protocol.md section 4). In this order: {@link #read}, the caller's decision,
 * {@link #accept}, {@link #records}. Nothing is granted before CONFIRM, the first record, has opened (rule M12). Calls
 * out of order throw {@link IllegalStateException}. For one thread at a time; {@code read} and {@code accept} together
 * take about half a millisecond.
 */
public final class LoginResponder {

    private final Handshake handshake;

    /** For one LOGIN on the connection with this HELLO. */
    public LoginResponder(Hello hello, KeyPair relay, SecureRandom random) {
        this.handshake = Handshake.named(Layout.LOGIN_PROTOCOL)
                .prologue(hello.encode())
                .staticKey(relay)
                .ephemerals(EphemeralSource.from(random))
                .responder();
    }

    /**
     * What the other side claims, and that it knows the private key of the key that it claims, unless it has the
     * relay's. Whether the key is that user's is for the caller to decide, in constant time and at the same cost for
     * unknown users (rules M11, M13); {@link PublicKey#equals} compares so.
     *
     * @param body frame 1 without its head: 224 bytes
     * @throws AuthenticationException whatever is wrong with it, cryptography or content
     */
    public Claim read(byte[] body) throws AuthenticationException {
        byte[] payload = handshake.read(body);
        try {
            Fields.requireLength(payload.length, Layout.LOGIN_PAYLOAD);
            if (payload[0] != Layout.LOGIN_PAYLOAD_VERSION) {
                throw new ProtocolException("a LOGIN of another version");
            }
            Fields.requireZeros(payload, Layout.LOGIN_ZEROS_AT, Layout.LOGIN_PAYLOAD);
            UserName name = Fields.userName(payload, Layout.LOGIN_NAME_AT);
            return new Claim(name, PublicKey.of(handshake.remoteStatic()));
        } catch (ProtocolException | FormatException e) {
            throw new AuthenticationException("LOGIN: " + e.getMessage());
        }
    }

    /** Frame 2, whole: 67 bytes. */
    public byte[] accept(SessionId session) {
        return Fields.frame(Layout.LOGIN, handshake.write(session.bytes()));
    }

    /** The records that follow frame 2, once. */
    public SecureRecords records() {
        return SecureRecords.of(handshake.split(), Layer.CONTROL);
    }

    /** Who somebody says to be. */
    public record Claim(UserName name, PublicKey key) {}
}
