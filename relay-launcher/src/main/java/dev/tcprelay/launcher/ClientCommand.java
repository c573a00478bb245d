package dev.tcprelay.launcher;

import dev.tcprelay.client.ClientVerticle;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay client}: local ports to servers, from flags. */
@Command(
        name = "client",
        mixinStandardHelpOptions = true,
        description = {
            "Opens local ports through which programs reach servers, until SIGTERM or SIGINT.",
            "Prints a line 'ready' when they listen."
        })
final class ClientCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private ClientAccess access = new ClientAccess();

    @Option(
            names = "--socks",
            paramLabel = "[HOST:]PORT",
            description = "A SOCKS5 and HTTP CONNECT port; server ids are the host names (web, or web.relay).")
    private @Nullable String socks;

    @Option(
            names = "--forward",
            paramLabel = "[HOST:]PORT:ID",
            description = "A port that leads to one server; may be repeated.")
    private List<String> forwards = List.of();

    ClientCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        if (socks == null && forwards.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE, "nothing to do: give --socks or --forward. See: relay client --help");
        }
        JsonObject config = config();
        Running running = Running.create();
        return running.untilStopped(() -> {
            running.deploy(new ClientVerticle(), config);
            surroundings.out().println("ready");
            surroundings.out().flush();
        });
    }

    private JsonObject config() throws FormatException, CommandException {
        JsonObject config =
                new JsonObject().put("home", surroundings.home().directory().toString());
        if (access.relay != null) {
            config.put("relay", access.relay);
        }
        if (access.user != null) {
            config.put("user", access.user.value());
        }
        if (socks != null) {
            HostPort listen = HostPort.parseOrPort(socks, "127.0.0.1");
            config.put("socks", new JsonObject().put("host", listen.host()).put("port", listen.port()));
        }
        JsonArray list = new JsonArray();
        for (String forward : forwards) {
            list.add(forward(forward));
        }
        return config.put("forwards", list);
    }

    private static JsonObject forward(String text) throws FormatException, CommandException {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new CommandException(ExitCode.USAGE, "a forward is PORT:ID or HOST:PORT:ID, not " + text + ".");
        }
        HostPort listen = HostPort.parseOrPort(text.substring(0, colon), "127.0.0.1");
        ServerId server = ServerId.of(text.substring(colon + 1));
        return new JsonObject().put("listen", listen.toString()).put("server", server.value());
    }
}
