package dev.tcprelay.relay;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastInstance;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.relay.ClusterOptions.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node's membership of a cluster: a clustered Vertx on Hazelcast, for one {@link RelayVerticle}, which has to be
 * deployed on {@link #vertx()}. Closing that Vertx leaves the cluster. A relay without a cluster loads nothing of this.
 */
public final class RelayCluster {
    private static final String DEFAULT_CONFIG = "/cluster.xml";
    private static final String PREFIX = "relay.cluster.";

    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final Members members;
    private final Bus bus;

    private RelayCluster(HazelcastInstance hazelcast, Vertx vertx, Members members, Bus bus) {
        this.hazelcast = hazelcast;
        this.vertx = vertx;
        this.members = members;
        this.bus = bus;
    }

    /**
     * Joins the cluster, or begins one. Blocks for the reading of the config; joining takes seconds.
     *
     * @param options of the relay, with {@link RelayOptions#cluster()}
     * @param base of the Vertx, for everything but its event bus
     * @throws IllegalArgumentException if the relay is in no cluster
     */
    public static Future<RelayCluster> start(RelayOptions options, VertxOptions base) {
        ClusterOptions cluster = options.cluster();
        if (cluster == null) {
            throw new IllegalArgumentException("the relay's config has no cluster");
        }
        Config config;
        try {
            config = hazelcast(cluster);
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        HostPort dns = cluster.dns();
        if (dns != null) {
            lookUp(join(config), dns);
        }
        try {
            ClusterPorts.check(config, cluster);
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        HazelcastMembers.describe(config, cluster, options.peers().port());
        var manager = new HazelcastClusterManager(config);
        var clustered = new VertxOptions(base).setEventBusOptions(eventBus(cluster));
        return Vertx.builder()
                .with(clustered)
                .withClusterManager(manager)
                .buildClustered()
                .map(vertx -> {
                    HazelcastInstance hazelcast = manager.getHazelcastInstance();
                    var members = HazelcastMembers.of(hazelcast, manager.getNodeId());
                    return new RelayCluster(hazelcast, vertx, members, new NodeBus(vertx.eventBus(), members));
                });
    }

    private static Config hazelcast(ClusterOptions options) throws IOException {
        try (InputStream in = open(options.config())) {
            Config config =
                    new XmlConfigBuilder(in).setProperties(properties(options)).build();
            config.getAdvancedNetworkConfig().getEndpointConfigs().values().forEach(RelayCluster::endByFin);
            return config;
        } catch (RuntimeException e) { // Hazelcast's, for whatever is wrong with the text
            throw new IOException(
                    Objects.requireNonNullElse(options.config(), "cluster.xml") + ": " + e.getMessage(), e);
        }
    }

    /** With 0, the standard, each connection that a member closes is reset, and the others warn. XML knows no -1. */
    private static void endByFin(EndpointConfig endpoint) {
        if (endpoint.getSocketLingerSeconds() == EndpointConfig.DEFAULT_SOCKET_LINGER_SECONDS) {
            endpoint.setSocketLingerSeconds(-1);
        }
    }

    private static InputStream open(@Nullable Path file) throws IOException {
        try {
            return file == null
                    ? Objects.requireNonNull(RelayCluster.class.getResourceAsStream(DEFAULT_CONFIG))
                    : Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw new FileNotFoundException(
                    file + ": there is no such file; it is named by the relay's cluster.config");
        }
    }

    private static JoinConfig join(Config config) {
        AdvancedNetworkConfig advanced = config.getAdvancedNetworkConfig();
        return advanced.isEnabled()
                ? advanced.getJoin()
                : config.getNetworkConfig().getJoin();
    }

    /** Of a member's name Hazelcast takes one address; what it has for Kubernetes' services takes all. */
    private static void lookUp(JoinConfig join, HostPort dns) {
        join.getTcpIpConfig().setEnabled(false);
        join.getKubernetesConfig()
                .setEnabled(true)
                .setProperty("service-dns", dns.host())
                .setProperty("service-port", String.valueOf(dns.port()));
    }

    private static Properties properties(ClusterOptions options) {
        List<HostPort> members =
                options.members().isEmpty() ? List.of(new HostPort(options.host(), options.port())) : options.members();
        var properties = new Properties();
        properties.setProperty(PREFIX + "host", options.host());
        properties.setProperty(PREFIX + "port", String.valueOf(options.port()));
        properties.setProperty(
                PREFIX + "members", members.stream().map(HostPort::toString).collect(Collectors.joining(",")));
        properties.setProperty(PREFIX + "silence", "4");
        properties.putAll(System.getProperties());
        return properties;
    }

    private static EventBusOptions eventBus(ClusterOptions options) {
        var bus = new EventBusOptions().setHost(options.host()).setPort(options.busPort());
        Tls tls = options.tls();
        return tls == null ? bus : secured(bus, tls);
    }

    private static EventBusOptions secured(EventBusOptions bus, Tls tls) {
        return bus.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setKeyPath(tls.key().toString())
                        .setCertPath(tls.certificate().toString()))
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(tls.authority().toString()))
                .setTrustAll(false)
                .setClientAuth(ClientAuth.REQUIRED);
    }

    /** On which the relay, and whatever else belongs to it, is to be deployed. */
    public Vertx vertx() {
        return vertx;
    }

    /**
     * Leaves as a process that is killed does, for tests of what others do then: its connections to other members end
     * without a word. Then closes the Vertx.
     */
    public Future<Void> crash() {
        Promise<Void> gone = Promise.promise();
        var thread = new Thread(
                () -> {
                    hazelcast.getLifecycleService().terminate();
                    gone.complete();
                },
                "relay-crash");
        thread.start();
        return gone.future().compose(v -> vertx.close());
    }

    Members members() {
        return members;
    }

    Bus bus() {
        return bus;
    }
}
