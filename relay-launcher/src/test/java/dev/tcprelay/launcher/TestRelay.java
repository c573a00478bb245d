package dev.tcprelay.launcher;

import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.relay.RelayVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** A relay node in this process, with the files of a first start, whose user has a password. */
final class TestRelay implements AutoCloseable {
    static final String USER = "owner";

    final RelayDirectory files;
    private final Vertx vertx = Vertx.vertx();
    private final RelayVerticle verticle = new RelayVerticle();

    TestRelay(Path directory) throws Exception {
        files = new RelayDirectory(directory);
        files.prepare(new UserName(USER), new SecureRandom());
        JsonObject local = new JsonObject().put("host", "127.0.0.1").put("port", 0);
        var config = new JsonObject()
                .put("directory", directory.toString())
                .put("clients", local)
                .put("skeletons", local)
                .put("http", local);
        Waiting.until(vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)));
    }

    String address() {
        return "127.0.0.1:" + verticle.clientPort();
    }

    String skeletonAddress() {
        return "127.0.0.1:" + verticle.skeletonPort();
    }

    String pem() {
        return "http://127.0.0.1:" + verticle.httpPort() + "/relay.pem";
    }

    String fingerprint() {
        return verticle.fingerprint().toString();
    }

    String passwordFile() {
        return files.passwordFile(new UserName(USER)).toString();
    }

    /** {@code relay login} as this relay's user, with everything but what confirms the key. */
    String[] login(String... more) {
        List<String> args = new ArrayList<>(List.of("login", address(), "--key", pem(), "--user", USER));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    /** The same, complete. */
    String[] rightLogin() {
        return login("--fingerprint", fingerprint(), "--password-file", passwordFile());
    }

    @Override
    public void close() throws Exception {
        Waiting.until(vertx.close());
    }
}
