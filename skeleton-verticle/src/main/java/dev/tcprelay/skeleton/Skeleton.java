package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.NodeSession;
import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.RelaySession;
import dev.tcprelay.channel.TargetDialler;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions with the nodes of one relay and the servers that are served over them. On the verticle's context. */
final class Skeleton implements RelaySession.Listener {
    private static final Logger log = LoggerFactory.getLogger(Skeleton.class);

    private final SkeletonOptions options;
    private final RelayLogins.Login login;
    private final Site site;
    private final Consumer<ServerId> onServing;
    private final Map<ServerId, ServedServer> servers = new LinkedHashMap<>();
    private final Promise<Void> tried = Promise.promise();
    private final Set<NodeSession> sessions = new LinkedHashSet<>();

    Skeleton(
            Context context,
            SkeletonOptions options,
            RelayLogins.Login login,
            Timing timing,
            Consumer<ServerId> onServing) {
        this.options = options;
        this.login = login;
        this.onServing = onServing;
        Vertx vertx = context.owner();
        var random = new SecureRandom();
        var session = new RelaySession(
                vertx,
                login.address(),
                login.credentials(),
                Instance.random(random),
                timing.redialling().with(options.connections()),
                this);
        var descriptors = Descriptors.of(context, "skeleton", "no target is connected to");
        var targets = new TargetDialler(vertx);
        this.site = new Site(vertx, context, descriptors, session, targets, random, timing);
    }

    /** Begins. Completes at the first login, or when the first try has not reached the relay. */
    Future<Void> start() {
        site.session().start().onComplete(welcome -> tried.tryComplete(), tried::tryFail);
        return tried.future();
    }

    /** Serves these servers and no others from now on; tunnels to others go on. All psks must be there. */
    void serve(List<SkeletonOptions.Server> wanted, Map<ServerId, Psk> psks) {
        Set<ServerId> ids = wanted.stream().map(SkeletonOptions.Server::id).collect(Collectors.toUnmodifiableSet());
        List<ServerId> unwanted =
                servers.keySet().stream().filter(id -> !ids.contains(id)).toList();
        unwanted.forEach(id -> Objects.requireNonNull(servers.remove(id)).withdraw());
        wanted.forEach(server -> serve(server, Objects.requireNonNull(psks.get(server.id()))));
    }

    private void serve(SkeletonOptions.Server wanted, Psk psk) {
        ServedServer served = servers.get(wanted.id());
        if (served != null) {
            served.change(wanted);
            served.psk(psk);
            return;
        }
        var added = new ServedServer(site, wanted, psk, onServing);
        servers.put(wanted.id(), added);
        sessions.forEach(session -> added.registration().established(session, null));
    }

    /** Other psks for some of the servers. */
    void psks(Map<ServerId, Psk> changed) {
        changed.forEach((id, psk) -> {
            ServedServer served = servers.get(id);
            if (served != null) {
                served.psk(psk);
            }
        });
    }

    @Override
    public void established(NodeSession session, @Nullable NodeSession replaced) {
        sessions.add(session);
        if (replaced != null) {
            sessions.remove(replaced);
        }
        remember(session.welcome());
        servers.values().forEach(server -> server.registration().established(session, replaced));
    }

    @Override
    public boolean stands(NodeSession session) {
        return servers.values().stream()
                .allMatch(server -> server.registration().stands(session));
    }

    private void remember(Welcome welcome) {
        PublicKey proven = site.session().provenKey();
        if (proven == null) {
            return;
        }
        site.vertx()
                .executeBlocking(() -> RelayLogins.remember(options.home(), login.known(), proven, welcome.nextKey()))
                .onComplete(
                        changed -> {
                            if (changed) {
                                log.info(
                                        "the relay's keys in {} are up to date again",
                                        options.home().knownRelays());
                            }
                        },
                        e -> log.warn("the relay's next key could not be kept: {}", e.getMessage()));
    }

    @Override
    public void received(NodeSession session, ControlMessage message) {
        if (message instanceof Registered registered) {
            ServedServer server = servers.get(registered.id());
            if (server != null) {
                server.registration().registered(session, registered.status());
            }
        } else if (message instanceof Need need) {
            ServedServer server = servers.get(need.id());
            if (server != null) {
                server.need(need);
            }
        }
    }

    @Override
    public void lost(NodeSession session, String reason) {
        sessions.remove(session);
        servers.values().forEach(server -> server.registration().lost(session));
    }

    @Override
    public void failed(String reason) {
        if (tried.tryComplete()) {
            log.warn(
                    "the relay at {} cannot be used yet, it is being tried: {}",
                    login.address().address(),
                    reason);
        }
    }

    /** Says goodbye, closes what waits. Succeeds when that is done, after at most 5 s. */
    Future<Void> stop() {
        List<Future<Void>> closed =
                servers.values().stream().map(ServedServer::close).toList();
        return site.session().stop().compose(v -> Future.join(closed)).mapEmpty();
    }
}
