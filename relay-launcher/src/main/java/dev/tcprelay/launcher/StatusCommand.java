package dev.tcprelay.launcher;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay status}: what the node of this machine has and did. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what a relay node that runs on this machine is, has and did.",
            "Run it as the account that the node runs as, or as root."
        })
final class StatusCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where the node keeps its files; standard: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("relay-data");

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The node's admin socket; standard: admin.sock in its directory.")
    private @Nullable Path socket;

    @Option(names = "--json", description = "As JSON, whose names are documented in docs/operations.md.")
    private boolean json;

    StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        Path asked = socket == null ? directory.resolve("admin.sock") : socket;
        JsonObject status = new AdminClient(asked.toAbsolutePath()).get("/status");
        surroundings.out().print(json ? status.encodePrettily() + "\n" : new StatusReport(status).text());
        surroundings.out().flush();
        return ExitCode.DONE.number();
    }
}
