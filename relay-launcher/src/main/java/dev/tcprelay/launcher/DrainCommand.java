package dev.tcprelay.launcher;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay drain}: the node of this machine ends without harm to whom another one can serve. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = {
            "Ends a relay node that runs on this machine as SIGTERM does: it is not ready any more, sends its sessions"
                    + " to other nodes, takes no connections, and ends when its tunnels have, or the grace of its"
                    + " config file is over.",
            "Prints what is left and waits for the end. Run it as the account that the node runs as, or as root."
        })
final class DrainCommand implements Callable<Integer> {
    private static final long LOOK_SECONDS = 1;
    /** Looks in a row that may fail: the node closes its socket while it is asked. */
    private static final int FAILURES = 3;

    private static final int END_SECONDS = 15;

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

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Wait until the node has ended; that is the standard. --no-wait only asks it to.")
    private boolean waiting;

    DrainCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        Path asked = socket == null ? directory.resolve("admin.sock") : socket;
        var node = new AdminClient(asked.toAbsolutePath());
        JsonObject before = node.get("/status");
        JsonObject unused = node.post("/drain");
        say("node " + before.getString("node") + " drains");
        if (waiting) {
            follow(node);
            awaitEnd(before.getJsonObject("process").getLong("pid"));
            say("it has ended");
        }
        return ExitCode.DONE.number();
    }

    /** Tells what is left, as it changes, until nobody answers any more. */
    private void follow(AdminClient node) throws Exception {
        String told = "";
        int failures = 0;
        while (failures < FAILURES) {
            try {
                String now = StatusReport.drain(node.get("/status").getJsonObject("drain", new JsonObject()));
                String changing = now.replaceFirst(", at most.*", "");
                if (!changing.equals(told)) {
                    told = changing;
                    say(now);
                }
                failures = 0;
            } catch (CommandException e) {
                if (e.code() == ExitCode.UNREACHABLE) {
                    return;
                }
                failures++;
            }
            TimeUnit.SECONDS.sleep(LOOK_SECONDS);
        }
    }

    /** The socket goes a moment before the process. Seen from outside a container its number may be another's. */
    private static void awaitEnd(long pid) throws Exception {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(found -> !found.equals(ProcessHandle.current()));
        if (process.isPresent()) {
            var unused = process.get()
                    .onExit()
                    .completeOnTimeout(process.get(), END_SECONDS, TimeUnit.SECONDS)
                    .get();
        }
    }

    private void say(String line) {
        surroundings.out().println(line);
        surroundings.out().flush();
    }
}
