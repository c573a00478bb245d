package dev.tcprelay.client;

import dev.tcprelay.channel.CipherWarmUp;
import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.client.ClientOptions.Forward;
import dev.tcprelay.client.ClientOptions.Socks;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
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
public final class ClientVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(ClientVerticle.class);

    private final Deadlines deadlines;
    private final List<Integer> forwardPorts = new ArrayList<>();
    private final List<ForwardGateway> forwards = new ArrayList<>();
    private @Nullable RelayClient client;
    private @Nullable SocksGateway socks;
    private int socksPort;

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
            return new Files(login, proxy(options.socks()));
        }

        private static @Nullable ProxyCredentials proxy(@Nullable Socks socks) throws IOException {
            if (socks == null || socks.user() == null || socks.passwordFile() == null) {
                return null;
            }
            String password = SecretFiles.read(socks.passwordFile());
            return new ProxyCredentials(
                    socks.user(), password.lines().findFirst().orElse(""));
        }
    }

    @Override
    public Future<?> start() {
        ClientOptions options = ClientOptions.of(config());
        CipherWarmUp.once(vertx).onComplete(done -> {}, e -> log.warn("the cipher could not be warmed up", e));
        return vertx.executeBlocking(() -> Files.read(options)).compose(files -> start(options, files));
    }

    private Future<?> start(ClientOptions options, Files files) {
        var account = new Account(options, files.login);
        var created = new RelayClient(
                vertx,
                files.login.address(),
                files.login.credentials(),
                new PskFiles(options.home()),
                new RelayClientOptions(options.warmLegs()),
                account);
        client = created;
        created.start().onComplete(done -> account.tried.tryComplete(), account::refused);
        return listen(options, files, created)
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
        public Deadlines deadlines() {
            return deadlines;
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

    private Future<?> listen(ClientOptions options, Files files, RelayClient created) {
        var failures = new FailureLog(System::nanoTime);
        var descriptors = Descriptors.of(context, "client", "no connection is accepted");
        Future<?> listening = Future.succeededFuture();
        Socks proxy = options.socks();
        if (proxy != null) {
            var gateway = new SocksGateway(created, files.proxy, failures, descriptors);
            socks = gateway;
            listening = gateway.listen(vertx, proxy.listen()).onSuccess(port -> {
                socksPort = port;
                log.info("SOCKS5 and HTTP CONNECT on {}:{}", proxy.listen().host(), port);
            });
        }
        for (Forward forward : options.forwards()) {
            listening = listening.compose(
                    v -> forward(forward, new ForwardGateway(created, forward.server(), failures, descriptors)));
        }
        return listening;
    }

    private Future<?> forward(Forward forward, ForwardGateway gateway) {
        forwards.add(gateway);
        return gateway.listen(vertx, forward.listen()).onSuccess(port -> {
            forwardPorts.add(port);
            log.info("{} on {}:{}", forward.server(), forward.listen().host(), port);
        });
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
        return socksPort;
    }

    /** The forwarded ports, once deployed, in the order of the config. */
    public List<Integer> forwardPorts() {
        return List.copyOf(forwardPorts);
    }

    @Override
    public Future<?> stop() {
        return close();
    }

    private Future<Void> close() {
        List<Future<?>> closing = new ArrayList<>();
        if (socks != null) {
            closing.add(socks.close());
        }
        forwards.forEach(gateway -> closing.add(gateway.close()));
        if (client != null) {
            closing.add(client.stop());
        }
        return Future.join(closing).mapEmpty();
    }
}
