package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.Handshake;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the end-to-end handshake (docs/protocol.md section 9): {@link #answer}, then {@link #records}.
 * For one thread at a time.
 */
public final class EndToEndResponder {

    /** Bytes of message 2 with its length field. */
    public static final int MESSAGE_2 = Layout.U16 + Layout.MESSAGE_2;

    private final ServerId server;
    private final List<Psk> psks;
    private final SecureRandom random;
    private @Nullable Handshake handshake;

    /** @param psks one, or two while they change; they are tried in this order */
    public EndToEndResponder(ServerId server, List<Psk> psks, SecureRandom random) {
        this.server = server;
        this.psks = List.copyOf(psks);
        this.random = random;
    }

    /**
     * Opens message 1 and answers it.
     *
     * @param message1 without its length field: 48 bytes
     * @return message 2 with its length field: 322 bytes
     * @throws AuthenticationException if no psk opens it: another psk or another server's; nothing is to be sent then
     *     (rule M41)
     * @throws IllegalStateException when called again after success
     */
    public byte[] answer(byte[] message1, TargetRequest target) throws AuthenticationException {
        if (handshake != null) {
            throw new IllegalStateException("answered before");
        }
        for (Psk psk : psks) {
            Handshake candidate = EndToEnd.handshake(server, psk, random).responder();
            if (opens(candidate, message1)) {
                handshake = candidate;
                return Fields.lp(candidate.write(target.encode()));
            }
        }
        throw new AuthenticationException("message 1 does not open: the skeleton of this id has another psk");
    }

    private static boolean opens(Handshake candidate, byte[] message1) {
        try {
            return candidate.read(message1).length == 0;
        } catch (AuthenticationException e) {
            return false;
        }
    }

    /**
     * The records of the tunnel, once.
     *
     * @throws IllegalStateException before {@link #answer} has succeeded
     */
    public SecureRecords records() {
        Handshake answered = handshake;
        if (answered == null) {
            throw new IllegalStateException("message 1 has not been answered");
        }
        return SecureRecords.of(answered.split(), Layer.END_TO_END);
    }
}
