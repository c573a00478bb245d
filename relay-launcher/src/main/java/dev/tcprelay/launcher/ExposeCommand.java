package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.TargetAddress;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.skeleton.SkeletonVerticle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay expose}: a skeleton from flags. */
@Command(
        name = "expose",
        mixinStandardHelpOptions = true,
        description = {
            "Makes servers available at a relay, and serves them until SIGTERM or SIGINT.",
            "Prints 'serving ID' when the relay has taken an id. An id without a psk gets a new one."
        })
final class ExposeCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(
            arity = "2..*",
            paramLabel = "ID TARGET",
            description = {
                "A server id and where the server is: HOST:PORT (a name, 192.0.2.1 or [::1]), PORT on this machine, or"
                        + " unix:/PATH for a Unix socket; may be repeated."
            })
    private List<String> servers = List.of();

    @Option(
            names = "--relay",
            paramLabel = "NAME|HOST:PORT",
            description = "A relay that you have logged in to; standard: the last one.")
    private @Nullable String relay;

    @Option(names = "--user", paramLabel = "NAME", description = "As whom; standard: the last login there.")
    private @Nullable UserName user;

    @Option(
            names = "--spares",
            paramLabel = "N",
            description = "Connections kept ready for the next clients, for each id; standard: ${DEFAULT-VALUE}.")
    private int spares = 2;

    @Option(names = "--exclusive", description = "Refuse to share an id with another skeleton.")
    private boolean exclusive;

    @Option(
            names = "--health",
            description = "Connect to each server every 5 s; withdraw an id after 3 failures in a row, until its server"
                    + " takes connections again.")
    private boolean health;

    ExposeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        JsonObject config = config();
        Running running = Running.create();
        return running.untilStopped(() -> running.deploy(new SkeletonVerticle(this::serving), config));
    }

    private void serving(ServerId id) {
        surroundings.out().println("serving " + id);
        surroundings.out().flush();
    }

    private JsonObject config() throws CommandException, FormatException, IOException {
        if (servers.size() % 2 != 0) {
            throw new CommandException(ExitCode.USAGE, "servers are pairs: ID TARGET. See: relay expose --help");
        }
        JsonArray list = new JsonArray();
        List<ServerId> ids = new ArrayList<>();
        for (int i = 0; i < servers.size(); i += 2) {
            ServerId id = ServerId.of(servers.get(i));
            ids.add(id);
            list.add(server(id, target(id, servers.get(i + 1))));
        }
        // When nothing on the command line is wrong.
        for (ServerId id : ids) {
            ensurePsk(id);
        }
        JsonObject config = new JsonObject()
                .put("home", surroundings.home().directory().toString())
                .put("servers", list);
        if (relay != null) {
            config.put("relay", relay);
        }
        if (user != null) {
            config.put("user", user.value());
        }
        return config;
    }

    private static TargetAddress target(ServerId id, String text) throws CommandException {
        try {
            return TargetAddress.parseOrPort(text, "127.0.0.1");
        } catch (FormatException e) {
            throw new CommandException(ExitCode.USAGE, "the target of " + id + ": " + e.getMessage(), e);
        }
    }

    private JsonObject server(ServerId id, TargetAddress target) {
        JsonObject server = new JsonObject()
                .put("id", id.value())
                .put("target", target.toString())
                .put("spares", spares)
                .put("mode", exclusive ? "exclusive" : "group");
        return health ? server.put("health", new JsonObject()) : server;
    }

    private void ensurePsk(ServerId id) throws IOException {
        Path file = surroundings.home().psk(id);
        if (!Files.exists(file)) {
            SecretFiles.create(file, Psk.generate(surroundings.random()).format() + "\n");
            surroundings
                    .err()
                    .println("relay: made a psk for " + id + " in " + file + ". Clients need it too: relay psk show "
                            + id);
        }
    }
}
