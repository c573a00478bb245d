package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.client.PskFiles;
import dev.tcprelay.client.RelayClient;
import dev.tcprelay.client.RelayClientOptions;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** With which login a command that needs a client works, and that client for one short use. */
final class ClientAccess {
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
                new RelayClientOptions(0, 0),
                observer);
    }

    /** Logs in, uses the client, and says goodbye. Fails at once when the relay cannot be used. */
    <T> T once(Surroundings surroundings, Use<T> use) throws Exception {
        Login login = RelayLogins.find(surroundings.home(), relay, user, Role.CLIENT);
        Vertx vertx = Running.briefly();
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
}
