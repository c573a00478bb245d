package dev.tcprelay.protocol.wire;

import java.security.SecureRandom;

/** The secret that belongs to a ticket, {@code rs} in docs/protocol.md section 6: 32 bytes. */
public final class TicketSecret extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 32 bytes */
    public TicketSecret(byte[] bytes) {
        super(bytes, Layout.TICKET_SECRET);
    }

    public static TicketSecret random(SecureRandom random) {
        return new TicketSecret(random(random, Layout.TICKET_SECRET));
    }

    @Override
    public String toString() {
        return "TicketSecret";
    }
}
