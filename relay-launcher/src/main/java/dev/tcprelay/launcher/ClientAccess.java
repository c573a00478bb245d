package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.client.PskFiles;
import dev.tcprelay.client.RelayClient;
import dev.tcprelay.client.RelayClientOptions;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** With which login a command that needs a client works, and that client for one short use. */
final class ClientAccess {
    private static final Logger log = LoggerFactory.getLogger(ClientAccess.class);

    @Option(
            names = "--relay",
            paramLabel = "NAME|HOST:PORT",
            description = "A relay that you have logged in to; standard: the last one.")
    @Nullable
    String relay;

    @Option(names = "--user", paramLabel = "NAME", description = "As whom; standard: the last login there.")
    @Nullable
    UserName user;

    /** What is done with a client that is logged in. */
    interface Use<T> {
        T with(RelayClient client) throws Exception;
    }

    /** A client that has not been started. */
    static RelayClient client(Vertx vertx, Login login, Surroundings surroundings, RelayClient.Observer observer) {
        return new RelayClient(
                vertx,
                login.address(),
                login.credentials(),
                new PskFiles(surroundings.home()),
                new RelayClientOptions(0),
                observer);
    }

    /** Logs in, uses the client, and says goodbye. Fails at once when the relay cannot be used. */
    <T> T once(Surroundings surroundings, Use<T> use) throws Exception {
        Login login = RelayLogins.find(surroundings.home(), relay, user, Role.CLIENT);
        Vertx vertx = Vertx.vertx();
        try {
            var keys = new ShownKeys();
            RelayClient client = client(vertx, login, surroundings, keys);
            Waiting.until(client.startOnce());
            keys.remember(surroundings, login);
            try {
                return use.with(client);
            } finally {
                Waiting.until(client.stop());
            }
        } finally {
            Waiting.until(vertx.close());
        }
    }

    /** The keys that the relay has shown at the login. */
    private static final class ShownKeys implements RelayClient.Observer {
        private volatile @Nullable PublicKey proven;
        private volatile @Nullable PublicKey announced;

        @Override
        public void established(PublicKey hasProven, @Nullable PublicKey hasAnnounced) {
            announced = hasAnnounced;
            proven = hasProven;
        }

        /** Follows a change of the relay's key. That it cannot be kept hinders nobody now. */
        void remember(Surroundings surroundings, Login login) {
            PublicKey key = proven;
            try {
                if (key != null) {
                    RelayLogins.remember(surroundings.home(), login.known(), key, announced);
                }
            } catch (IOException e) {
                log.warn("the relay's next key could not be kept: {}", e.getMessage());
            }
        }
    }
}
