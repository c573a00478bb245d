package dev.tcprelay.launcher;

import dev.tcprelay.client.ServerInfo;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay ls}: the servers that are available to you. */
@Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the servers that are available to you, an id a line.")
final class LsCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private ClientAccess access = new ClientAccess();

    @Option(names = "--json", description = "As a JSON array of {\"id\": ..., \"skeletons\": ...}.")
    private boolean json;

    LsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        List<ServerInfo> servers = access.once(surroundings, client -> Waiting.until(client.list()));
        if (json) {
            JsonArray list = new JsonArray();
            servers.forEach(server ->
                    list.add(new JsonObject().put("id", server.id().value()).put("skeletons", server.skeletons())));
            surroundings.out().println(list.encodePrettily());
        } else {
            servers.forEach(server -> surroundings.out().println(server.id()));
        }
        return ExitCode.DONE.number();
    }
}
