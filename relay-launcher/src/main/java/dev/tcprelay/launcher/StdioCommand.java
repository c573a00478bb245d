package dev.tcprelay.launcher;

import dev.tcprelay.client.Stdio;
import dev.tcprelay.client.Tunnel;
import dev.tcprelay.protocol.files.ServerId;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code relay stdio}: a server on standard input and output. */
@Command(
        name = "stdio",
        mixinStandardHelpOptions = true,
        description = {
            "Joins standard input and output to a server, for example as ssh's ProxyCommand:",
            "  ssh -o ProxyCommand='relay stdio ID' USER@ID"
        })
final class StdioCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private ClientAccess access = new ClientAccess();

    @Parameters(paramLabel = "ID", description = "The server id.")
    private @Nullable ServerId id;

    StdioCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        ServerId server = Objects.requireNonNull(id);
        return access.once(surroundings, client -> {
            Tunnel tunnel = Waiting.until(client.open(server));
            return Stdio.join(tunnel, surroundings.in(), surroundings.out())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        });
    }
}
