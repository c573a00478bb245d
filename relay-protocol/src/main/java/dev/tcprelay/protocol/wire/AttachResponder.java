package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.noise.AuthenticationException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The relay's side of ATTACH (docs/protocol.md section 6): {@link #read} the frame, open its {@link #ticket} with
 * {@link Tickets}, then {@link #open} the rest with the secret from the ticket, then {@link #records}. Whatever fails,
 * the answer is {@link Frames#refusal} (rule M26). For one thread at a time.
 */
public final class AttachResponder {

    private final Hello hello;
    private final byte[] body;
    private final int sealedAt;
    private @Nullable LegKeys keys;

    private AttachResponder(Hello hello, byte[] body) {
        this.hello = hello;
        this.body = body;
        this.sealedAt = body.length - Layout.ATTACH_SEALED;
    }

    /**
     * Takes the frame apart.
     *
     * @param hello of this connection
     * @param body the frame without its head
     * @throws AuthenticationException if its lengths do not fit
     */
    public static AttachResponder read(Hello hello, byte[] body) throws AuthenticationException {
        int ticketLength = body.length < Layout.U16 ? 0 : Fields.u16(body, 0);
        boolean fits = ticketLength >= 1
                && ticketLength <= Layout.TICKET_LARGEST
                && body.length == Layout.ATTACH_FIXED + ticketLength;
        if (!fits) {
            throw new AuthenticationException("ATTACH: lengths that do not fit");
        }
        return new AttachResponder(hello, body.clone());
    }

    /** The ticket, not yet opened. */
    public SealedTicket ticket() {
        return new SealedTicket(Fields.part(body, Layout.U16, Fields.u16(body, 0)));
    }

    /**
     * Opens the sealed part, which proves that the peer knows the ticket's secret and speaks on this connection.
     *
     * @throws AuthenticationException whatever is wrong with it, cryptography or content
     * @throws IllegalStateException when called again after it has succeeded
     */
    public Attach open(TicketSecret secret) throws AuthenticationException {
        if (keys != null) {
            throw new IllegalStateException("one ATTACH for each connection");
        }
        byte[] open = Arrays.copyOf(body, sealedAt);
        byte[] clientNonce = Arrays.copyOfRange(body, sealedAt - Layout.CLIENT_NONCE, sealedAt);
        LegKeys derived = LegKeys.derive(hello, clientNonce, secret);
        byte[] payload = new byte[Layout.ATTACH_PAYLOAD];
        byte[] ad = Fields.join(hello.encode(), open);
        int size = derived.toRelay().open(ad, body, sealedAt, Layout.ATTACH_SEALED, payload, 0);
        assert size == payload.length;
        try {
            Attach attach = Attach.decode(payload, hello.role());
            keys = derived;
            return attach;
        } catch (ProtocolException e) {
            throw new AuthenticationException("ATTACH: " + e.getMessage());
        }
    }

    /**
     * The records of the leg until it is raw.
     *
     * @throws IllegalStateException before {@link #open} has succeeded
     */
    public SecureRecords records() {
        LegKeys opened = keys;
        if (opened == null) {
            throw new IllegalStateException("ATTACH has not been opened");
        }
        return SecureRecords.of(opened.fromRelay(), opened.toRelay(), Layer.LEG);
    }
}
