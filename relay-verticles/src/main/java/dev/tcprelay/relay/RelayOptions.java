package dev.tcprelay.relay;

import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.Network;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The config of a {@link RelayVerticle}.
 *
 * @param directory where relay.key, relay.pem and users are, and cluster.key if there is one
 * @param clients the port for clients
 * @param skeletons the port for skeletons
 * @param http the public HTTP port, which serves relay.pem
 * @param peers the port for other nodes of the cluster; used only with a cluster
 * @param cluster null for a node on its own
 * @param users the users file
 * @param usersCheck how often the users file is looked at for changes
 * @param nextKey a relay.pem with the key that will replace the present one, to be announced; or null
 * @param admin where the node can be asked how it is
 * @param drain how long others may go on when it is to stop
 */
public record RelayOptions(
        Path directory,
        Listener clients,
        Listener skeletons,
        Listener http,
        Listener peers,
        @Nullable ClusterOptions cluster,
        Path users,
        Duration usersCheck,
        @Nullable Path nextKey,
        AdminOptions admin,
        DrainOptions drain,
        Limits limits) {

    /**
     * A port to listen on.
     *
     * @param port 0 for any free one
     * @param publicPort the port by which the world reaches it, behind a load balancer; 0 for the same
     * @param instances how many verticles, each with an event loop, serve it
     * @param balancers whose connections begin with a header of the PROXY protocol; nobody else's do
     */
    public record Listener(String host, int port, int publicPort, int instances, List<Network> balancers) {
        static Listener from(Settings settings, int standardPort) {
            return from(settings, standardPort, List.of());
        }

        private static Listener from(Settings settings, int standardPort, List<Network> balancers) {
            return new Listener(
                    settings.text("host", "0.0.0.0"),
                    settings.number("port", standardPort, 0, 65_535),
                    settings.number("publicPort", 0, 0, 65_535),
                    settings.number("instances", 1, 1, 256),
                    balancers);
        }

        /** For peers that may come by way of a load balancer. */
        static Listener behindBalancers(Settings settings, int standardPort) {
            if (!settings.has("proxyProtocol")) {
                return from(settings, standardPort);
            }
            List<Network> from = settings.section("proxyProtocol").parseAll("from", Network::parse);
            if (from.isEmpty()) {
                settings.reject("proxyProtocol", "expected from, the addresses of the load balancers: [10.0.0.0/8]");
            }
            return from(settings, standardPort, from);
        }

        /** The same on another port. */
        Listener on(int other) {
            return new Listener(host, other, publicPort, instances, balancers);
        }

        /** Whether a connection from there tells where it really comes from. */
        boolean forwards(String address) {
            return balancers.stream().anyMatch(network -> network.contains(address));
        }
    }

    /** Reads a verticle's config; problems are collected in the settings. */
    public static RelayOptions from(Settings settings) {
        Path directory = settings.path("directory");
        ClusterOptions cluster = settings.has("cluster") ? ClusterOptions.from(settings.section("cluster")) : null;
        if (cluster == null && settings.has("peers")) {
            settings.reject("peers", "only a node with a cluster has a port for other nodes");
        }
        return new RelayOptions(
                directory,
                Listener.behindBalancers(settings.section("clients"), 7000),
                Listener.behindBalancers(settings.section("skeletons"), 7001),
                Listener.from(settings.section("http"), 7080),
                peers(settings.section("peers"), cluster),
                cluster,
                settings.path("users", directory.resolve("users")),
                settings.duration("usersCheck", Duration.ofSeconds(1)),
                settings.optionalPath("nextKey"),
                AdminOptions.from(settings.section("admin"), directory),
                DrainOptions.from(settings.section("drain"), cluster != null),
                Limits.from(settings.section("limits")));
    }

    /** The same but for the limits and the drain: a config that changes something else is wrong. */
    RelayOptions reloaded(JsonObject config) {
        Settings settings = Settings.of(config);
        RelayOptions changed = from(settings);
        keep(settings, "directory", directory, changed.directory);
        keep(settings, "clients", clients, changed.clients);
        keep(settings, "skeletons", skeletons, changed.skeletons);
        keep(settings, "http", http, changed.http);
        keep(settings, "peers", peers, changed.peers);
        keep(settings, "cluster", cluster, changed.cluster);
        keep(settings, "users", users, changed.users);
        keep(settings, "usersCheck", usersCheck, changed.usersCheck);
        keep(settings, "nextKey", nextKey, changed.nextKey);
        keep(settings, "admin", admin, changed.admin);
        settings.finish();
        return changed;
    }

    private static void keep(Settings settings, String key, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(before, after)) {
            settings.reject(key, Reloadable.FIXED);
        }
    }

    /** On the private network, and on a port that the other nodes can be told before it is open. */
    private static Listener peers(Settings settings, @Nullable ClusterOptions cluster) {
        return new Listener(
                settings.text("host", cluster == null ? "127.0.0.1" : cluster.host()),
                settings.number("port", 7002, 1, 65_535),
                0,
                settings.number("instances", 1, 1, 256),
                List.of());
    }

    static RelayOptions of(JsonObject config) {
        Settings settings = Settings.of(config);
        RelayOptions options = from(settings);
        settings.finish();
        return options;
    }
}
