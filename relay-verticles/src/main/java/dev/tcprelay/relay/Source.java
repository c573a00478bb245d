package dev.tcprelay.relay;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection comes from.
 *
 * @param address for the relay's own log only
 * @param network by which limits count: an IPv4 address, also when it comes mapped into an IPv6 one, or the /64 of an
 *     IPv6 address, since whoever has one has all of it
 */
record Source(String address, String network) {
    private static final Source UNKNOWN = new Source("unknown", "unknown");
    private static final int NETWORK_BYTES = 8;

    /** @param address an IP address, or null when it is not known any more */
    static Source of(@Nullable String address) {
        return address == null ? UNKNOWN : new Source(address, network(address));
    }

    /** @param address 4 or 16 bytes */
    static Source ofBytes(byte[] address) {
        try {
            return of(InetAddress.getByAddress(address).getHostAddress());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    private static String network(String address) {
        try {
            // No name is looked up: a numeric address is only parsed, a mapped one becomes IPv4.
            InetAddress parsed = InetAddress.getByName(address);
            if (parsed instanceof Inet6Address) {
                byte[] bytes = parsed.getAddress();
                Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
                return Inet6Address.getByAddress(bytes).getHostAddress() + "/64";
            }
            return parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }

    @Override
    public String toString() {
        return address;
    }
}
