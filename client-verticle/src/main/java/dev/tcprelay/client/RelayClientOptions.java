package dev.tcprelay.client;

/**
 * What of a {@link RelayClient} can be set.
 *
 * @param warmLegs how many attached connections are kept ready, 0 to 64; each saves a tunnel two round trips
 */
public record RelayClientOptions(int warmLegs) {
    /** The most warm legs. */
    public static final int MOST_WARM_LEGS = 64;

    /** Throws IllegalArgumentException for a number that is out of range. */
    public RelayClientOptions {
        if (warmLegs < 0 || warmLegs > MOST_WARM_LEGS) {
            throw new IllegalArgumentException("0 to " + MOST_WARM_LEGS + " warm legs");
        }
    }

    /** Two warm legs. */
    public static RelayClientOptions standard() {
        return new RelayClientOptions(2);
    }
}
