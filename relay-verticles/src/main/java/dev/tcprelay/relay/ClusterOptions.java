package dev.tcprelay.relay;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.HostPort;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node takes part in a cluster. All of it is for a private network.
 *
 * @param config of Hazelcast; null for the cluster.xml that comes with the relay. In it {@code ${relay.cluster.host}},
 *     {@code ${relay.cluster.port}} and {@code ${relay.cluster.members}} stand for the next three, unless a system
 *     property of that name says otherwise
 * @param host the node's own address in the private network
 * @param port of Hazelcast
 * @param members where Hazelcast looks for other nodes, this one among them or not; of a name that has several
 *     addresses only the first counts
 * @param dns a name whose addresses are those of all nodes, with their port for Hazelcast, in the place of members;
 *     null for none
 * @param busPort of the event bus
 * @param name of the node for people; null for its address
 * @param tls of the event bus; null for none
 */
public record ClusterOptions(
        @Nullable Path config,
        String host,
        int port,
        List<HostPort> members,
        @Nullable HostPort dns,
        int busPort,
        @Nullable String name,
        @Nullable Tls tls) {

    /**
     * Both sides show a certificate that the authority has signed. Names are not checked: the authority must be the
     * cluster's own.
     *
     * @param key PEM
     * @param certificate PEM
     * @param authority PEM
     */
    public record Tls(Path key, Path certificate, Path authority) {
        static Tls from(Settings settings) {
            return new Tls(settings.path("key"), settings.path("certificate"), settings.path("authority"));
        }
    }

    static ClusterOptions from(Settings settings) {
        String host = settings.text("host");
        if (host.equals("0.0.0.0") || host.equals("::")) {
            settings.reject("host", "expected one address of this node in the private network, not all");
        }
        List<HostPort> members = settings.parseAll("members", HostPort::parse);
        if (!members.isEmpty() && settings.has("dns")) {
            settings.reject("dns", "takes the place of members: give one of them");
        }
        return new ClusterOptions(
                settings.optionalPath("config"),
                host,
                settings.number("port", 5701, 1, 65_535),
                members,
                settings.has("dns") ? settings.address("dns") : null,
                settings.number("busPort", 7003, 1, 65_535),
                settings.optionalText("name"),
                settings.has("tls") ? Tls.from(settings.section("tls")) : null);
    }
}
