package dev.tcprelay.channel;

/** What a peer sends in the same write as ATTACH, behind it: OPEN, or message 1 of the end-to-end handshake. */
@FunctionalInterface
public interface Behind {
    /** Queues it; called on the leg's loop, once for each attempt. */
    void write(Leg leg, LegRecords records);

    /** Nothing. */
    static Behind nothing() {
        return (leg, records) -> {};
    }
}
