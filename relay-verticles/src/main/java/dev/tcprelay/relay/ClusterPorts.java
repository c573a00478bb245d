package dev.tcprelay.relay;

import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Objects;

/**
 * Whether a node can listen where its cluster's other nodes look for it. Hazelcast and Vert.x find that out too, but
 * say it by stack traces.
 */
final class ClusterPorts {
    private static final String ADDRESS = "hazelcast.local.localAddress";

    private ClusterPorts() {}

    /** Blocks for the name of the host at most. Hazelcast's own port is left to it where it may choose another one. */
    static void check(Config config, ClusterOptions options) throws IOException {
        String host = Objects.requireNonNullElse(config.getProperty(ADDRESS), options.host());
        EndpointConfig member =
                config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
        NetworkConfig plain = config.getNetworkConfig();
        if (!config.getAdvancedNetworkConfig().isEnabled()) {
            check(host, plain.getPort(), plain.isPortAutoIncrement());
        } else if (member instanceof ServerSocketEndpointConfig listening) {
            check(host, listening.getPort(), listening.isPortAutoIncrement());
        }
        check(options.host(), options.busPort(), "busPort");
    }

    private static void check(String host, int port, boolean orAnother) throws IOException {
        if (!orAnother) {
            check(host, port, "port");
        }
    }

    private static void check(String host, int port, String setting) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen at " + host + ":" + port + " for other nodes: " + e.getMessage()
                            + "; see cluster.host and cluster." + setting,
                    e);
        }
    }
}
