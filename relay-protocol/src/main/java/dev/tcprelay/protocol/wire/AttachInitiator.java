package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;

/**
 * The peer's side of ATTACH (docs/protocol.md section 6): {@link #request}, then {@link #records}; the relay's answer
 * is the first record. For one thread at a time.
 */
public final class AttachInitiator {

    private final Hello hello;
    private final SealedTicket ticket;
    private final byte[] clientNonce;
    private final LegKeys keys;
    private boolean requested;

    /**
     * @param hello of this connection, checked against the pinned key
     * @param ticket the session's newest one
     * @param secret the one that came with the ticket
     */
    public AttachInitiator(Hello hello, SealedTicket ticket, TicketSecret secret, SecureRandom random) {
        this.hello = hello;
        this.ticket = ticket;
        this.clientNonce = Opaque.random(random, Layout.CLIENT_NONCE);
        this.keys = LegKeys.derive(hello, clientNonce, secret);
    }

    /**
     * The frame, whole, at most 436 bytes.
     *
     * @throws IllegalArgumentException if this role has no such legs
     * @throws IllegalStateException when called again
     */
    public byte[] request(Attach attach) {
        if (attach.kind().role() != hello.role()) {
            throw new IllegalArgumentException(
                    attach.kind() + " on the port for " + hello.role().plural());
        }
        if (requested) {
            throw new IllegalStateException("one ATTACH for each connection");
        }
        requested = true;
        byte[] open = Fields.join(Fields.lp(ticket.bytes()), clientNonce);
        byte[] payload = attach.encode();
        byte[] sealed = new byte[Layout.ATTACH_SEALED];
        int size = keys.toRelay().seal(Fields.join(hello.encode(), open), payload, 0, payload.length, sealed, 0);
        assert size == sealed.length;
        return Fields.frame(Layout.ATTACH, Fields.join(open, sealed));
    }

    /**
     * The records of the leg until it is raw.
     *
     * @throws IllegalStateException before {@link #request}, which is number 0 of its direction
     */
    public SecureRecords records() {
        if (!requested) {
            throw new IllegalStateException("ATTACH comes first");
        }
        return SecureRecords.of(keys.toRelay(), keys.fromRelay(), Layer.LEG);
    }
}
