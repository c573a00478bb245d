package dev.tcprelay.launcher;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.relay.RelayOptions;
import dev.tcprelay.relay.RelayVerticle;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay serve}: a node from flags, with everything generated on the first start. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a relay node. The first start makes its key, its users file and one user, and says what to do next.",
            "Prints a line 'ready' when it listens, and runs until SIGTERM or SIGINT."
        })
final class ServeCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where the node keeps its files; standard: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("relay-data");

    @Option(names = "--host", paramLabel = "HOST", description = "The address to listen on; standard: all.")
    private String host = "0.0.0.0";

    @Option(names = "--client-port", paramLabel = "PORT", description = "For clients; standard: ${DEFAULT-VALUE}.")
    private int clientPort = 7000;

    @Option(names = "--skeleton-port", paramLabel = "PORT", description = "For skeletons; standard: ${DEFAULT-VALUE}.")
    private int skeletonPort = 7001;

    @Option(names = "--http-port", paramLabel = "PORT", description = "For relay.pem; standard: ${DEFAULT-VALUE}.")
    private int httpPort = 7080;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "The first user, made on the first start; standard: owner.")
    private UserName user = new UserName("owner");

    @Option(
            names = "--admin-socket",
            paramLabel = "PATH",
            description = "For relay status; standard: admin.sock in DIR.")
    private @Nullable Path adminSocket;

    ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        Path absolute = directory.toAbsolutePath().normalize();
        check(config(absolute));
        var files = new RelayDirectory(absolute);
        boolean first = files.prepare(user, surroundings.random());
        if (first) {
            System.gc(); // gives back the 64 MiB that the first user's key took, for as long as this relay runs
        }
        Running running = Running.create();
        return running.untilStopped(() -> {
            var relay = new RelayVerticle();
            running.deploy(relay, config(absolute));
            running.drainFirst(relay);
            if (first) {
                introduce(files, relay);
            }
            surroundings.out().println("ready");
            surroundings.out().flush();
        });
    }

    /** Before anything is made. */
    private static void check(JsonObject config) {
        Settings settings = Settings.of(config);
        RelayOptions.from(settings);
        settings.finish();
    }

    private JsonObject config(Path absolute) {
        JsonObject admin = new JsonObject();
        if (adminSocket != null) {
            admin.put("socket", adminSocket.toAbsolutePath().toString());
        }
        return new JsonObject()
                .put("directory", absolute.toString())
                .put("admin", admin)
                .put("clients", listener(clientPort))
                .put("skeletons", listener(skeletonPort))
                .put("http", listener(httpPort));
    }

    private JsonObject listener(int port) {
        return new JsonObject().put("host", host).put("port", port);
    }

    private void introduce(RelayDirectory files, RelayVerticle relay) {
        String shown = "0.0.0.0".equals(host) ? "THIS-HOST" : host;
        String fingerprint = relay.fingerprint().toString();
        PrintStream out = surroundings.out();
        out.println("This is a new relay. It keeps its files in " + files.path());
        out.println("  fingerprint  " + fingerprint);
        out.println("  first user   " + user + ", password in " + files.passwordFile(user));
        out.println("Next, beside the server that is to be reached, and where you are:");
        out.println(
                "  relay login " + shown + ":" + relay.clientPort() + " --key http://" + shown + ":" + relay.httpPort()
                        + "/relay.pem --fingerprint " + fingerprint + " --user " + user
                        + " --password-file " + files.passwordFile(user));
        out.println("Beside the server:      relay expose web 127.0.0.1:8080");
        out.println("Where you are:          relay client --socks 1080");
        out.println("More users:             relay user add NAME --users " + files.users()
                + " --connect 'web*' --password-file FILE");
    }
}
