package dev.tcprelay.channel;

import java.time.Duration;

/**
 * How many nodes a peer has sessions with, and when it looks for others (docs/protocol.md, M25 and M67).
 *
 * @param connections the nodes that are wanted, 1 to {@value #MOST}
 * @param spread the longest wait before the first try to reach another node
 * @param rare about the wait before the next one when quick tries have met only nodes that are known; up to 16 times as
 *     long while only one node has ever been seen
 * @param settle for twice this at most, and once at least, a new session stands before the old one is left: the other
 *     nodes hear of what is registered there, and do not hear before that that it is gone from the old one
 */
public record Redialling(int connections, Duration spread, Duration rare, Duration settle) {
    /** The most nodes. */
    public static final int MOST = 4;

    /** One node, and the protocol's times. */
    public static final Redialling STANDARD =
            new Redialling(1, Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofSeconds(1));

    /** The same times for another number of nodes. */
    public Redialling with(int nodes) {
        return new Redialling(nodes, spread, rare, settle);
    }
}
