package dev.tcprelay.protocol.files;

import java.util.Locale;

/**
 * A network, or one address, as people write it: {@code 10.0.0.0/8}, {@code 192.0.2.7}, {@code 2001:db8::/32}. IPv4
 * stands in it as mapped into IPv6, so that it does not matter in which form an address comes.
 *
 * @param high the first 8 bytes of its lowest address
 * @param low the last 8 bytes
 * @param bits of the 128 that an address of the network shares with it
 */
public record Network(long high, long low, int bits) {
    private static final int ALL = 128;
    private static final int IPV4 = 32;
    private static final int GROUPS = 8;
    private static final long MAPPED = 0xffffL << 32;

    /** {@code address} or {@code address/bits}; bits behind the prefix have to be zero. */
    public static Network parse(String text) throws FormatException {
        int slash = text.indexOf('/');
        String address = (slash < 0 ? text : text.substring(0, slash)).toLowerCase(Locale.ROOT);
        int most = address.indexOf(':') < 0 ? IPV4 : ALL;
        int bits = ALL - most + (slash < 0 ? most : bits(text.substring(slash + 1), most));
        long[] parsed = address(address);
        var network = new Network(parsed[0], parsed[1], bits);
        if (!network.equals(network.of(parsed))) {
            throw new FormatException("bits behind the prefix are set; a network is written with its lowest address");
        }
        return network;
    }

    private static int bits(String text, int most) throws FormatException {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Integer.parseInt(text) > most) {
            throw new FormatException("the prefix of a network is a number from 0 to " + most);
        }
        return Integer.parseInt(text);
    }

    /** Whether it is an address of this network. What is no address, or has a zone, is not. */
    public boolean contains(String address) {
        try {
            return equals(of(address(address.toLowerCase(Locale.ROOT))));
        } catch (FormatException e) {
            return false;
        }
    }

    /** The network of this size that has the address. */
    private Network of(long[] address) {
        long highMask = bits == 0 ? 0 : -1L << Math.max(0, Long.SIZE - bits);
        long lowMask = bits <= Long.SIZE ? 0 : -1L << (ALL - bits);
        return new Network(address[0] & highMask, address[1] & lowMask, bits);
    }

    private static long[] address(String text) throws FormatException {
        boolean ipv6 = text.indexOf(':') >= 0;
        boolean numeric = ipv6 || (!text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1)));
        if (!numeric || Hosts.problem(text) != null) {
            throw new FormatException("a network is an IP address, or ADDRESS/BITS such as 10.0.0.0/8");
        }
        return ipv6 ? ipv6(text) : new long[] {0, MAPPED | ipv4(text)};
    }

    private static long ipv4(String text) {
        long value = 0;
        for (String part : text.split("\\.", -1)) {
            value = value << 8 | Integer.parseInt(part);
        }
        return value;
    }

    private static long[] ipv6(String text) {
        int dot = text.indexOf('.');
        String plain = text;
        if (dot >= 0) {
            int start = text.lastIndexOf(':') + 1;
            long tail = ipv4(text.substring(start));
            plain = text.substring(0, start) + Long.toHexString(tail >>> 16) + ":" + Long.toHexString(tail & 0xffff);
        }
        int gap = plain.indexOf("::");
        String[] left = groups(gap < 0 ? plain : plain.substring(0, gap));
        String[] right = groups(gap < 0 ? "" : plain.substring(gap + 2));
        long[] value = new long[2];
        for (int i = 0; i < GROUPS; i++) {
            int behind = i - (GROUPS - right.length);
            String group = i < left.length ? left[i] : behind >= 0 ? right[behind] : "0";
            value[i / 4] = value[i / 4] << 16 | Long.parseLong(group, 16);
        }
        return value;
    }

    private static String[] groups(String text) {
        return text.isEmpty() ? new String[0] : text.split(":", -1);
    }
}
