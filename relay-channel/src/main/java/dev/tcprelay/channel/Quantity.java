package dev.tcprelay.channel;

import java.util.Map;
import java.util.OptionalLong;

/**
 * A kind of whole numbers with units: {@code 30s}, {@code 10 min}, {@code 64KiB}.
 *
 * @param example what is expected, in words
 * @param units the units and how many of the smallest each is
 */
record Quantity(String example, Map<String, Long> units) {
    /** In milliseconds. */
    static final Quantity DURATION = new Quantity(
            "a duration such as 30s (ms, s, min, h, d)",
            Map.of("ms", 1L, "s", 1_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L));

    /** In bytes. */
    static final Quantity SIZE = new Quantity(
            "a size such as 64KiB (B, KiB, MiB, GiB)",
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30));

    /** With the largest unit still far from overflowing. */
    private static final int MAX_DIGITS = 9;

    /** Empty if this is not a number of 1 to 9 digits and one of the units, with at most one space in between. */
    OptionalLong parse(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        int unit = digits < text.length() && text.charAt(digits) == ' ' ? digits + 1 : digits;
        Long factor = units.get(text.substring(unit));
        if (digits == 0 || digits > MAX_DIGITS || factor == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text.substring(0, digits)) * factor);
    }

    /** The amount in the largest unit that divides it. */
    String format(long amount) {
        return units.entrySet().stream()
                .filter(unit -> unit.getValue() == 1 || (amount != 0 && amount % unit.getValue() == 0))
                .max(Map.Entry.comparingByValue())
                .map(unit -> amount / unit.getValue() + unit.getKey())
                .orElseThrow();
    }
}
