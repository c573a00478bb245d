package dev.tcprelay.protocol.wire;

/** A ticket as its holder sees it: 1 to 255 bytes that only the cluster can read (docs/protocol.md section 6). */
public final class SealedTicket extends Opaque {

    /** @throws IllegalArgumentException unless the array, which is copied, has 1 to 255 bytes */
    public SealedTicket(byte[] bytes) {
        super(bytes, Math.min(Math.max(bytes.length, 1), Layout.TICKET_LARGEST));
    }

    @Override
    public String toString() {
        return "SealedTicket";
    }
}
