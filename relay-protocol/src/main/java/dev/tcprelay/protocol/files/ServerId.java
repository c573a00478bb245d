package dev.tcprelay.protocol.files;

/**
 * The name under which a server is available. Matches {@code [a-z0-9][a-z0-9._-]{0,63}}; the constructor
 * throws IllegalArgumentException for anything else.
 */
public record ServerId(String value) implements Comparable<ServerId> {
    private static final String KIND = "a server id";

    public ServerId {
        Names.require(KIND, value);
    }

    public static ServerId of(String value) throws FormatException {
        Names.check(KIND, value);
        return new ServerId(value);
    }

    @Override
    public int compareTo(ServerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
