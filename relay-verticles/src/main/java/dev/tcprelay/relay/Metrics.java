package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Role;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A node's status as Prometheus reads it. Without the names of users and servers: there may be thousands, and the port
 * is open to whoever reaches it. Thread-safe.
 */
final class Metrics {
    /** Prometheus' text format. */
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private @Nullable NodeStatus status;

    Metrics(Counters counters) {
        Gauge.builder("relay.info", () -> 1)
                .description("The version of the node")
                .tag("version", NodeStatus.version())
                .register(registry);
        node();
        cluster();
        process();
        counters.all().forEach(this::counter);
    }

    /** The text for this snapshot. */
    synchronized String of(NodeStatus now) {
        status = now;
        return registry.scrape();
    }

    private void node() {
        gauge("relay.ready", "1 while the node wants connections", now -> now.state() == NodeState.READY ? 1 : 0);
        gauge("relay.uptime.seconds", "Since the start", NodeStatus::uptimeSeconds);
        gauge(
                "relay.users",
                "Lines of the users file",
                now -> now.node().accounts().size());
        sessions(Role.CLIENT);
        sessions(Role.SKELETON);
        gauge("relay.servers", "Ids that are available", now -> now.servers().size());
        gauge("relay.spares", "Legs of skeletons that wait for a client", NodeStatus::spares);
        gauge("relay.legs", "Legs that are attached, joined and waiting", NodeStatus::legs);
        gauge(
                "relay.legs.warm",
                "Legs of clients without a tunnel",
                now -> now.node().warmLegs().size());
        gauge("relay.tunnels.open", "Tunnels", now -> now.node().tunnels().open());
        gauge(
                "relay.strangers.connected",
                "Connections that have not authenticated yet",
                now -> now.node().admission().size());
    }

    private void cluster() {
        gauge(
                "relay.nodes",
                "Members of the cluster, this node among them",
                now -> cluster(now, c -> c.nodes().size()));
        gauge(
                "relay.nodes.other.users",
                "Members that have other users than this node",
                now -> cluster(
                        now,
                        c -> c.nodes().stream().filter(row -> !row.sameUsers()).count()));
        gauge(
                "relay.links.warm",
                "Links to other nodes that wait",
                now -> cluster(now, c -> c.links().warm()));
        gauge(
                "relay.links.used",
                "Links to and from other nodes that carry a tunnel",
                now -> cluster(now, c -> c.links().used()));
        gauge(
                "relay.links.failed",
                "Failed attempts to link present members",
                now -> cluster(now, c -> c.links().failed()));
        gauge(
                "relay.tunnels.carried.now",
                "Tunnels carried to a client on another node",
                now -> now.node().tunnels().carried());
    }

    private static double cluster(NodeStatus now, ToDoubleFunction<ClusterStatus> value) {
        return ClusterStatus.of(now.node()).map(value::applyAsDouble).orElse(0.0);
    }

    private void sessions(Role role) {
        Gauge.builder("relay.sessions", this, all -> all.now().node().sessions().count(role))
                .description("Sessions that are logged in")
                .tag("role", role.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private void process() {
        usage("relay.descriptors", "Open files and sockets", ProcessStatus::descriptors);
        usage("relay.heap.bytes", "The Java heap", ProcessStatus::heap);
        usage("relay.netty.bytes", "Direct memory that Netty holds", ProcessStatus::netty);
        gauge(
                "relay.buffers.bytes",
                "Direct buffers that the JVM counts",
                now -> now.process().buffers());
        gauge("relay.threads", "Threads", now -> now.process().threads());
        sum("relay.collections", "Garbage collections", now -> now.process().collections());
        sum(
                "relay.collecting.seconds",
                "Time that these took",
                now -> now.process().collecting() / 1000.0);
    }

    /** What a process uses of something. */
    private interface Used {
        ProcessStatus.Usage of(ProcessStatus process);
    }

    private void usage(String name, String help, Used used) {
        gauge(name + ".used", help + ", in use", now -> used.of(now.process()).used());
        gauge(name + ".max", help + ", most", now -> used.of(now.process()).max());
    }

    private void counter(Counters.Counter counter) {
        String name = "relay." + counter.name().replaceAll("([A-Z])", ".$1").toLowerCase(Locale.ROOT);
        sum(name, counter.help(), now -> counter.count().sum());
    }

    private void gauge(String name, String help, ToDoubleFunction<NodeStatus> value) {
        Gauge.builder(name, this, all -> value.applyAsDouble(all.now()))
                .description(help)
                .register(registry);
    }

    private void sum(String name, String help, ToDoubleFunction<NodeStatus> value) {
        FunctionCounter.builder(name, this, all -> value.applyAsDouble(all.now()))
                .description(help)
                .register(registry);
    }

    private NodeStatus now() {
        return Objects.requireNonNull(status);
    }
}
