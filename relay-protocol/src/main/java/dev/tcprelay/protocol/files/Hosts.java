package dev.tcprelay.protocol.files;

import org.jspecify.annotations.Nullable;

/** The syntax of hosts: DNS names (with the underscore that container networks use), IPv4 and IPv6 addresses. */
final class Hosts {
    private static final int MAX_LENGTH = 253;
    private static final int MAX_LABEL = 63;
    private static final int IPV6_GROUPS = 8;

    private Hosts() {}

    /** What is wrong with a host in lower case, or null when nothing is. */
    static @Nullable String problem(String host) {
        if (host.isEmpty() || host.length() > MAX_LENGTH) {
            return "a host has 1 to " + MAX_LENGTH + " characters, not " + host.length();
        }
        if (host.indexOf(':') >= 0) {
            return ipv6(host) ? null : "not an IPv6 address (a zone such as %eth0 cannot be given)";
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            if (!label(label)) {
                return "a host is an IP address or a DNS name of letters, digits, '-' and '_' (or its xn-- form)";
            }
        }
        // A name whose last part is a number is no DNS name; resolvers read it as an address in ways that differ.
        boolean numeric = labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9');
        return !numeric || ipv4(host) ? null : "not an IPv4 address: it has four numbers from 0 to 255";
    }

    private static boolean label(String label) {
        return !label.isEmpty()
                && label.length() <= MAX_LABEL
                && !label.startsWith("-")
                && !label.endsWith("-")
                && label.chars()
                        .allMatch(c -> c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
    }

    private static boolean ipv4(String host) {
        String[] parts = host.split("\\.", -1);
        for (String part : parts) {
            boolean number =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            // A leading zero means octal to some programs.
            if (!number || Integer.parseInt(part) > 255 || (part.length() > 1 && part.startsWith("0"))) {
                return false;
            }
        }
        return parts.length == 4;
    }

    private static boolean ipv6(String host) {
        int gap = host.indexOf("::");
        if (gap < 0) {
            return groups(host, true) == IPV6_GROUPS;
        }
        int left = groups(host.substring(0, gap), false);
        int right = groups(host.substring(gap + 2), true);
        return left >= 0 && right >= 0 && left + right < IPV6_GROUPS;
    }

    /** The number of 16-bit groups of a part of an IPv6 address, or -1 if it is not one. */
    private static int groups(String text, boolean ipv4Allowed) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] groups = text.split(":", -1);
        int count = groups.length;
        for (int i = 0; i < groups.length; i++) {
            if (ipv4Allowed && i == groups.length - 1 && ipv4(groups[i])) {
                count++;
            } else if (!hex(groups[i])) {
                return -1;
            }
        }
        return count;
    }

    private static boolean hex(String group) {
        return !group.isEmpty()
                && group.length() <= 4
                && group.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
