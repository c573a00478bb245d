package dev.tcprelay.client;

import dev.tcprelay.channel.CipherWarmUp;
import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.client.ClientOptions.Forward;
import dev.tcprelay.client.ClientOptions.Socks;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client as a verticle: a {@link RelayClient} with a proxy port and forwarded ports in front of it. Its config is
 * read by {@link ClientOptions}.
 *
 * <p>Deployment fails when a port cannot be bound, and with {@link dev.tcprelay.channel.RelayException} when the relay
 * refuses the login or has another key. A relay that cannot be reached does not make it fail: the client goes on
 * trying, and its ports say so. Each instance has a session of its own.
 */
public final class ClientVerticle extends VerticleBase implements Reloadable {
    private static final Logger log = LoggerFactory.getLogger(ClientVerticle.class);

    private final Deadlines deadlines;
    private final FailureLog failures = new FailureLog(System::nanoTime);
    private @Nullable RelayClient client;
    private @Nullable ClientOptions options;
    private @Nullable LocalPorts ports;

    public ClientVerticle() {
        this(Deadlines.DEFAULT);
    }

    ClientVerticle(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** What is read from files before anything is opened. */
    private record Files(RelayLogins.Login login, @Nullable ProxyCredentials proxy) {
        static Files read(ClientOptions options) throws IOException {
            RelayLogins.Login login =
                    RelayLogins.find(options.home(), options.relay(), options.user(), options.keyFile(), Role.CLIENT);
            return new Files(login, ProxyCredentials.read(options.socks()));
        }
    }

    @Override
    public Future<?> start() {
        ClientOptions wanted = ClientOptions.of(config());
        CipherWarmUp.once(vertx).onComplete(done -> {}, e -> log.warn("the cipher could not be warmed up", e));
        return vertx.executeBlocking(() -> Files.read(wanted)).compose(files -> start(wanted, files));
    }

    private Future<?> start(ClientOptions wanted, Files files) {
        var account = new Account(wanted, files.login);
        var created = new RelayClient(
                vertx,
                files.login.address(),
                files.login.credentials(),
                new PskFiles(wanted.home()),
                new RelayClientOptions(wanted.warmLegs(), wanted.ahead()),
                account,
                deadlines);
        client = created;
        created.start().onComplete(done -> account.tried.tryComplete(), account::refused);
        var opened = new LocalPorts(vertx, Descriptors.of(context, "client", "no connection is accepted"));
        ports = opened;
        return listen(wanted, files.proxy, opened)
                .compose(v -> account.tried.future())
                .recover(e -> close().transform(closed -> Future.failedFuture(e)));
    }

    /** What becomes of the session, and of the first try to have one. */
    private final class Account implements RelayClient.Observer {
        private final ClientOptions options;
        private final RelayLogins.Login login;
        private final Promise<Void> tried = Promise.promise();

        Account(ClientOptions options, RelayLogins.Login login) {
            this.options = options;
            this.login = login;
        }

        @Override
        public void established(PublicKey proven, @Nullable PublicKey announced) {
            vertx.executeBlocking(() -> RelayLogins.remember(options.home(), login.known(), proven, announced))
                    .onComplete(
                            changed -> {}, e -> log.warn("the relay's next key could not be kept: {}", e.getMessage()));
        }

        @Override
        public void failed(String reason) {
            if (tried.tryComplete()) {
                log.warn("the relay cannot be used yet, it is being tried: {}", reason);
            }
        }

        private void refused(Throwable e) {
            if (!tried.tryFail(e)) {
                log.error("there will be no session with the relay: {}", e.getMessage());
            }
        }
    }

    private Future<Void> listen(ClientOptions wanted, @Nullable ProxyCredentials proxy, LocalPorts opened) {
        List<LocalPorts.Wanted> all = new ArrayList<>();
        Socks proxyPort = wanted.socks();
        if (proxyPort != null) {
            var gateway = new SocksGateway(client(), proxy, failures);
            all.add(new LocalPorts.Wanted("SOCKS5 and HTTP CONNECT", proxyPort.listen(), gateway::accepted));
        }
        for (Forward forward : wanted.forwards()) {
            var gateway = new ForwardGateway(client(), forward.server(), failures);
            all.add(new LocalPorts.Wanted(forward.server().value(), forward.listen(), gateway::accepted));
        }
        return opened.become(all).onSuccess(v -> options = wanted);
    }

    /** Takes other ports; what else the config says must be as it was. The proxy's password is read anew. */
    @Override
    public Future<?> reload(JsonObject config) {
        ClientOptions before = options;
        LocalPorts opened = ports;
        if (before == null || opened == null) {
            throw new IllegalStateException("the verticle has not been deployed");
        }
        ClientOptions next = before.changed(config);
        return vertx.executeBlocking(() -> ProxyCredentials.read(next.socks()))
                .compose(proxy -> listen(next, proxy, opened));
    }

    /** The client, once deployed. */
    public RelayClient client() {
        RelayClient started = client;
        if (started == null) {
            throw new IllegalStateException("the verticle has not been deployed");
        }
        return started;
    }

    /** The proxy port, once deployed; 0 when there is none. */
    public int socksPort() {
        return hasSocks() ? numbers().get(0) : 0;
    }

    /** The forwarded ports, once deployed, in the order of the config. */
    public List<Integer> forwardPorts() {
        List<Integer> all = numbers();
        return hasSocks() ? all.subList(1, all.size()) : all;
    }

    private boolean hasSocks() {
        return options != null && options.socks() != null;
    }

    private List<Integer> numbers() {
        return ports == null ? List.of() : ports.numbers();
    }

    @Override
    public Future<?> stop() {
        return close();
    }

    private Future<Void> close() {
        List<Future<?>> closing = new ArrayList<>();
        if (ports != null) {
            closing.add(ports.close());
        }
        if (client != null) {
            closing.add(client.stop());
        }
        return Future.join(closing).mapEmpty();
    }
}
