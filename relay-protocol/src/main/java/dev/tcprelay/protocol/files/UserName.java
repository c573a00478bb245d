package dev.tcprelay.protocol.files;

/**
 * The name of an account. Matches {@code [a-z0-9][a-z0-9._-]{0,63}}; the constructor
 * throws IllegalArgumentException for anything else.
 */
public record UserName(String value) implements Comparable<UserName> {
    private static final String KIND = "a user name";

    public UserName {
        Names.require(KIND, value);
    }

    public static UserName of(String value) throws FormatException {
        Names.check(KIND, value);
        return new UserName(value);
    }

    @Override
    public int compareTo(UserName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
