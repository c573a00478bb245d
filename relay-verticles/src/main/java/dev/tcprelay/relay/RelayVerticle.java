package dev.tcprelay.relay;

import dev.tcprelay.channel.Drainable;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.Users;
import dev.tcprelay.protocol.wire.NodeId;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay node. It owns the accounts, the directory and the tunnels, and deploys the gateways, handing them these. Its
 * config is that of {@link RelayOptions}. Deploy one for each node.
 */
public final class RelayVerticle extends VerticleBase implements Reloadable, Drainable {
    private static final Logger log = LoggerFactory.getLogger(RelayVerticle.class);
    private static final long SWEEP_MILLIS = 1000;

    private final SecureRandom random = new SecureRandom();
    private volatile @Nullable RelayOptions options;
    private final @Nullable Members members;
    private final Bus bus;
    private @Nullable Node node;
    private @Nullable Drain drain;
    private @Nullable PublicHttp http;
    private @Nullable AdminHttp adminHttp;
    private @Nullable UsersWatch watch;
    private volatile NodeState state = NodeState.STARTING;

    /** A node on its own. */
    public RelayVerticle() {
        this(null, Bus.none());
    }

    /** A node of a cluster, to be deployed once, on {@link RelayCluster#vertx()}. */
    public RelayVerticle(RelayCluster cluster) {
        this(cluster.members(), cluster.bus());
    }

    /** @param members null for a node on its own */
    RelayVerticle(@Nullable Members members, Bus bus) {
        this.members = members;
        this.bus = bus;
    }

    @Override
    public Future<?> start() {
        RelayOptions options = RelayOptions.of(config());
        if (options.cluster() != null && members == null) {
            return Future.failedFuture("the config has a cluster, which has to be joined before: see RelayCluster");
        }
        return vertx.executeBlocking(() -> RelayFiles.read(options, random)).compose(files -> {
            var users = new UsersFile(options.users(), Set.of(PublicKey.of(files.key())));
            return vertx.executeBlocking(users::changed).compose(first -> run(options, files, users, first));
        });
    }

    private Future<?> run(RelayOptions options, RelayFiles files, UsersFile users, Optional<Users> first) {
        Members known = members == null ? Members.alone(NodeId.random(random)) : members;
        Node created = new NodeParts(context, known, bus, random).assemble(options, files);
        this.options = options;
        node = created;
        var doors = new Doors(vertx, random);
        drain = new Drain(context, created, doors);
        var watch = new UsersWatch(vertx, created, users);
        this.watch = watch;
        first.ifPresent(created.accounts()::replace);
        PublicHttp publicHttp =
                new PublicHttp(options.http(), files.pem().format(), created.currentLimits(), created.descriptors());
        http = publicHttp;
        return peers(options, created, doors)
                .compose(v -> doors.open(options.clients(), listener -> new ClientGateway(created, listener)))
                .compose(v -> doors.open(options.skeletons(), listener -> new SkeletonGateway(created, listener)))
                .compose(v -> vertx.deployVerticle(publicHttp))
                .compose(v -> admin(options.admin(), created, publicHttp.port()))
                .onSuccess(v -> {
                    state = NodeState.READY;
                    watch.begin(options.usersCheck());
                    long unused = vertx.setPeriodic(
                            SWEEP_MILLIS, id -> created.spares().sweep(created.directory()::lists));
                    log.info(
                            "node {} serves clients on port {}, skeletons on {}, relay.pem on {}; key {}",
                            created.id(),
                            created.ports().clients(),
                            created.ports().skeletons(),
                            publicHttp.port(),
                            fingerprint());
                });
    }

    /** The socket last: whoever sees it sees a node that serves. */
    private Future<?> admin(AdminOptions options, Node node, int httpPort) {
        Instant started = Instant.now();
        Fingerprint key = fingerprint();
        var routes = new AdminRoutes(
                vertx,
                node.counters(),
                () -> state,
                () -> NodeStatus.of(new NodeStatus.Run(started, key, httpPort, adminPort()), state, draining(), node),
                this::drain);
        if (options.http() == null) {
            return adminSocket(options.socket(), routes);
        }
        var http = new AdminHttp(options.http(), routes.probes());
        adminHttp = http;
        return vertx.deployVerticle(http).compose(v -> adminSocket(options.socket(), routes));
    }

    private Future<?> adminSocket(@Nullable Path path, AdminRoutes routes) {
        if (path == null) {
            log.warn(
                    "relay status cannot ask this node: the path of {} in its directory is longer than the {} bytes"
                            + " that a socket's may have. Name a shorter one: admin.socket in a config file, or relay"
                            + " serve --admin-socket",
                    AdminOptions.SOCKET,
                    SocketFile.LONGEST);
            return Future.succeededFuture();
        }
        return vertx.deployVerticle(new AdminSocket(path, routes, random));
    }

    /** What makes the node one of several; a node on its own has nothing of it. */
    private Future<?> peers(RelayOptions options, Node created, Doors doors) {
        if (members == null) {
            return Future.succeededFuture();
        }
        Drain drain = drain();
        var clustering = new Clustering(context, created, bus, drain::begun);
        drain.announcing(clustering::announce);
        return doors.open(options.peers(), listener -> new PeerGateway(created, listener))
                .compose(v -> clustering.start());
    }

    @Override
    public void drain(String by) {
        onContext(() -> {
            RelayOptions now = options;
            if (now != null && state != NodeState.STOPPING) {
                state = NodeState.DRAINING;
                drain().begin(now.drain(), by);
            }
        });
    }

    @Override
    public Future<Void> drained() {
        return drain().over();
    }

    /** How far a drain has come; null before it has begun. */
    @Nullable
    JsonObject draining() {
        return drain().json();
    }

    private Drain drain() {
        Drain known = drain;
        if (known == null) {
            throw new IllegalStateException("the verticle has not been deployed");
        }
        return known;
    }

    /** Takes the limits and the times of a drain, which hold for what comes then; all else is fixed while it runs. */
    @Override
    public Future<?> reload(JsonObject changed) {
        RelayOptions running = options;
        if (running == null) {
            throw new IllegalStateException("the verticle has not been deployed");
        }
        RelayOptions next = running.reloaded(changed);
        options = next;
        running().currentLimits().replace(next.limits());
        return Future.succeededFuture();
    }

    /** Runs an action on the node's context. For any thread. */
    void onContext(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** The parts of the node, once deployed. */
    Node running() {
        Node running = node;
        if (running == null) {
            throw new IllegalStateException("the verticle has not been deployed");
        }
        return running;
    }

    /** Whether this node knows of a skeleton, on whatever node, that serves the id. For any thread. */
    public boolean lists(ServerId id) {
        return !running().directory().offers(id).isEmpty();
    }

    /** The port for clients, once deployed. */
    public int clientPort() {
        return running().ports().clients();
    }

    /** The port for skeletons, once deployed. */
    public int skeletonPort() {
        return running().ports().skeletons();
    }

    /** The port for other nodes, once deployed; 0 without a cluster. */
    public int peerPort() {
        return running().ports().peers();
    }

    /** The public HTTP port, once deployed. */
    public int httpPort() {
        return http == null ? 0 : http.port();
    }

    /** The port for probes and metrics, once deployed; 0 for none. */
    public int adminPort() {
        return adminHttp == null ? 0 : adminHttp.port();
    }

    /** The fingerprint of the relay's key, once deployed. */
    public Fingerprint fingerprint() {
        return PublicKey.of(running().key()).fingerprint();
    }

    @Override
    public Future<?> stop() {
        state = NodeState.STOPPING;
        Node stopping = node;
        UsersWatch watching = watch;
        if (stopping == null || watching == null) {
            return Future.succeededFuture();
        }
        Future<?> looked = watching.stop();
        stopping.warmLegs().close(); // what a drain has left, after which no gateway knows of it
        stopping.spares().close();
        int unused = stopping.tunnels().cut();
        return stopping.sessions()
                .closeAll()
                .eventually(bus::close)
                .eventually(stopping.peering().links()::close)
                .eventually(() -> looked)
                .eventually(() -> {
                    stopping.events().close();
                    return Future.succeededFuture();
                });
    }
}
