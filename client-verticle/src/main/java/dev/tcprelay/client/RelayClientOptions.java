package dev.tcprelay.client;

/**
 * What of a {@link RelayClient} can be set.
 *
 * @param warmLegs how many attached connections are kept ready, 0 to 64; each saves a tunnel two round trips
 * @param ahead how many tunnels at most are kept open ahead of need to each server in frequent use, 0 to 8; each saves
 *     a connection one round trip more, and holds a leg of the skeleton while it waits
 */
public record RelayClientOptions(int warmLegs, int ahead) {
    /** The most warm legs. */
    public static final int MOST_WARM_LEGS = 64;

    /** The most tunnels ahead to one server. */
    public static final int MOST_AHEAD = 8;

    /** Throws IllegalArgumentException for a number that is out of range. */
    public RelayClientOptions {
        if (warmLegs < 0 || warmLegs > MOST_WARM_LEGS) {
            throw new IllegalArgumentException("0 to " + MOST_WARM_LEGS + " warm legs");
        }
        if (ahead < 0 || ahead > MOST_AHEAD) {
            throw new IllegalArgumentException("0 to " + MOST_AHEAD + " tunnels ahead");
        }
    }

    /** Two warm legs, and up to two tunnels ahead. */
    public static RelayClientOptions standard() {
        return new RelayClientOptions(2, 2);
    }
}
