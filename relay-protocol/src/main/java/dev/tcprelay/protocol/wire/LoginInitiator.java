package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.EphemeralSource;
import dev.tcprelay.protocol.noise.Handshake;
import dev.tcprelay.protocol.noise.KeyPair;
import java.security.SecureRandom;

/**
 * The side that logs in (docs/protocol.md section 4). In this order: {@link #request}, {@link #accepted}, then CONFIRM
 * as the first record. Calls out of order throw {@link IllegalStateException}. For one thread at a time.
 */
public final class LoginInitiator {

    /** Bytes of frame 1. */
    public static final int REQUEST = Layout.FRAME_HEAD + Layout.LOGIN_REQUEST;

    private final Handshake handshake;
    private final UserName name;

    /**
     * @param hello of this connection, checked against the pinned key
     * @param user the user's static pair
     * @param relayKey the pinned key that HELLO names
     */
    public LoginInitiator(Hello hello, KeyPair user, UserName name, PublicKey relayKey, SecureRandom random) {
        this.name = name;
        this.handshake = Handshake.named(Layout.LOGIN_PROTOCOL)
                .prologue(hello.encode())
                .staticKey(user)
                .remoteStatic(relayKey.bytes())
                .ephemerals(EphemeralSource.from(random))
                .initiator();
    }

    /** Frame 1, whole: 227 bytes. */
    public byte[] request() {
        byte[] payload = new byte[Layout.LOGIN_PAYLOAD];
        payload[0] = Layout.LOGIN_PAYLOAD_VERSION;
        Fields.putName(payload, Layout.LOGIN_NAME_AT, name.value());
        return Fields.frame(Layout.LOGIN, handshake.write(payload));
    }

    /**
     * The relay's answer.
     *
     * @param body frame 2 without its head: 64 bytes
     * @throws AuthenticationException if it is not from the holder of the relay's key, or not an answer to this request
     */
    public Accepted accepted(byte[] body) throws AuthenticationException {
        byte[] payload = handshake.read(body);
        if (payload.length != Layout.SESSION_ID) {
            throw new AuthenticationException("an answer to LOGIN of the wrong length");
        }
        return new Accepted(new SessionId(payload), SecureRecords.of(handshake.split(), Layer.CONTROL));
    }

    /** A login that the relay has accepted: its name and the records that follow. */
    public record Accepted(SessionId session, SecureRecords records) {}
}
