package dev.tcprelay.launcher;

import dev.tcprelay.channel.Credentials;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.client.ClientVerticle;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PasswordKey;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.relay.RelayVerticle;
import dev.tcprelay.skeleton.SkeletonVerticle;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay demo}: everything in one process, on free ports, in a temporary directory. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a relay, a web server behind a skeleton, and a client with a SOCKS port, all in this process,"
                    + " and says what to try. It leaves nothing behind."
        })
final class DemoCommand implements Callable<Integer> {
    private static final UserName USER = new UserName("demo");
    private static final ServerId WEB = new ServerId("web");
    private static final String PAGE = """
            <!doctype html>
            <title>Relay</title>
            <h1>It works</h1>
            <p>This page was served by a web server behind the skeleton.</p>
            <p>It came through a relay that could not read it.</p>
            """;

    private final Surroundings surroundings;

    @Option(
            names = "--check",
            description = "Does itself what it would say, and ends: exit code 0 if Relay works on this machine.")
    private boolean check;

    DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("relay-demo");
        Running running = Running.create();
        running.afterStop(() -> delete(directory));
        if (!check) {
            return running.untilStopped(() -> sayWhatToTry(start(running, directory)));
        }
        try {
            int unused = start(running, directory);
            new DemoCheck(surroundings.at(home(directory)), WEB, PAGE).run();
            surroundings.out().println("It works.");
            return ExitCode.DONE.number();
        } finally {
            boolean unused = running.stop();
        }
    }

    private static RelayHome home(Path directory) {
        return new RelayHome(directory.resolve("home"));
    }

    /** Starts everything; returns the SOCKS port. */
    private int start(Running running, Path directory) throws Exception {
        var files = new RelayDirectory(directory.resolve("relay"));
        files.prepare(USER, surroundings.random());
        RelayVerticle relay = relay(running, files);
        RelayHome home = home(directory);
        login(running, files, relay, home);
        SecretFiles.create(home.psk(WEB), Psk.generate(surroundings.random()).format() + "\n");
        skeleton(running, home, webServer(running));
        int socks = freePort();
        running.deploy(new ClientVerticle(), client(home, socks));
        return socks;
    }

    private void sayWhatToTry(int socks) {
        surroundings
                .out()
                .println("A relay, a web server behind a skeleton and a client run in this process; Ctrl-C ends it.");
        surroundings.out().println("Try: curl --proxy socks5h://127.0.0.1:" + socks + " http://web/");
        surroundings.out().flush();
    }

    private static JsonObject local() {
        return new JsonObject().put("host", "127.0.0.1").put("port", 0);
    }

    private static RelayVerticle relay(Running running, RelayDirectory files) throws Exception {
        var relay = new RelayVerticle();
        running.deploy(
                relay,
                new JsonObject()
                        .put("directory", files.path().toString())
                        .put("clients", local())
                        .put("skeletons", local())
                        .put("http", local()));
        return relay;
    }

    /** As {@code relay login} does it, with the password that was just made. */
    private void login(Running running, RelayDirectory files, RelayVerticle relay, RelayHome home) throws Exception {
        RelayPem pem = files.relayPem();
        char[] password = SecretFiles.read(files.passwordFile(USER)).strip().toCharArray();
        KeyPair key = PasswordKey.derive(password, pem.realm(), USER);
        var address = new HostPort("127.0.0.1", relay.clientPort());
        var target = new RelayAddress(address, Role.CLIENT, pem.publicKey(), null);
        Welcome welcome = OneLogin.run(running.vertx(), target, new Credentials(USER, key));
        new Pins(surroundings.at(home)).keep(address, pem, welcome, USER, key);
    }

    private static int webServer(Running running) throws Exception {
        HttpServer server = Waiting.until(running.vertx()
                .createHttpServer()
                .requestHandler(request -> {
                    var unused = request.response()
                            .putHeader("Content-Type", "text/html; charset=utf-8")
                            .end(PAGE);
                })
                .listen(0, "127.0.0.1"));
        return server.actualPort();
    }

    private static void skeleton(Running running, RelayHome home, int target) throws Exception {
        var skeleton = new SkeletonVerticle();
        running.deploy(
                skeleton,
                new JsonObject()
                        .put("home", home.directory().toString())
                        .put(
                                "servers",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("id", WEB.value())
                                                .put("target", "127.0.0.1:" + target))));
    }

    private static JsonObject client(RelayHome home, int socks) {
        return new JsonObject()
                .put("home", home.directory().toString())
                .put("socks", new JsonObject().put("host", "127.0.0.1").put("port", socks));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // The system cleans its temporary directory sooner or later.
            return;
        }
    }
}
