package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Redialling;
import java.time.Duration;

/**
 * The times of a skeleton's legs.
 *
 * @param renewal the earliest age at which a spare gets a successor
 * @param renewalSpread up to how much later, at random, so that spares do not all change at once
 * @param retirement the age at which a spare that has a successor is closed, if the relay has not done so
 * @param steady the life or uptime from which on an end is no failure
 * @param message2 from START to the client's message 2
 * @param message2Ahead the same when START said ahead
 * @param look from one look at the psk files to the next
 * @param redialling when other nodes are looked for; how many is a matter of the config
 */
record Timing(
        Duration renewal,
        Duration renewalSpread,
        Duration retirement,
        Duration steady,
        Duration message2,
        Duration message2Ahead,
        Duration look,
        Redialling redialling) {

    /**
     * The protocol's: relays close a spare after 10 minutes (M37), the client's message 2 comes within 10 s, or 5
     * minutes (M42). A spare is left to the relay to close, since only the relay knows whether it has just been given
     * a client.
     */
    static final Timing STANDARD = new Timing(
            Duration.ofMinutes(8),
            Duration.ofSeconds(90),
            Duration.ofMinutes(11),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Redialling.STANDARD);

    /** The same with others of these. */
    Timing redialling(Redialling other) {
        return new Timing(renewal, renewalSpread, retirement, steady, message2, message2Ahead, look, other);
    }
}
