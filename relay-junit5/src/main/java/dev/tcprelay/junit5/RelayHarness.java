package dev.tcprelay.junit5;

import dev.tcprelay.client.ClientVerticle;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.relay.RelayVerticle;
import dev.tcprelay.skeleton.SkeletonVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/**
 * A relay, and as many skeletons and clients as a test wants, in one process on free ports of 127.0.0.1. Everything
 * that they keep is in a temporary directory: the relay's keys and users, a login of the user {@value #USER}, who
 * may do everything, and the psks. The verticles are the real ones, deployed by their config, so a test may deploy
 * more of them by {@link #home()}.
 *
 * <p>Thread-safe. {@link RelayExtension} makes one for a test and closes it after.
 */
public final class RelayHarness {
    /** The user as whom skeletons and clients log in. */
    public static final String USER = "tester";

    private final Vertx vertx;
    private final TestFiles files;
    private final RelayVerticle relay;

    private RelayHarness(Vertx vertx, TestFiles files, RelayVerticle relay) {
        this.vertx = vertx;
        this.files = files;
        this.relay = relay;
    }

    /** Starts a relay. The directory is the harness's own from now on. */
    public static Future<RelayHarness> start(Vertx vertx, Path directory) {
        return start(vertx, directory, new JsonObject());
    }

    /**
     * Starts a relay with more settings than the directory and ports.
     *
     * @param settings as in a config file, for example limits
     */
    public static Future<RelayHarness> start(Vertx vertx, Path directory, JsonObject settings) {
        var relay = new RelayVerticle();
        JsonObject local = new JsonObject().put("host", "127.0.0.1").put("port", 0);
        return vertx.executeBlocking(() -> TestFiles.create(directory)).compose(files -> {
            JsonObject config = new JsonObject()
                    .put("directory", files.relay().toString())
                    .put("clients", local)
                    .put("skeletons", local)
                    .put("http", local)
                    .mergeIn(settings, true);
            return Deployments.deploy(vertx, relay, config)
                    .compose(id -> vertx.executeBlocking(() -> {
                        files.login(relay.clientPort(), relay.skeletonPort());
                        return new RelayHarness(vertx, files, relay);
                    }));
        });
    }

    /** The Vert.x in which everything runs. */
    public Vertx vertx() {
        return vertx;
    }

    /** The relay, with its ports and fingerprint. */
    public RelayVerticle relay() {
        return relay;
    }

    /** The relay's users file; the relay takes up a change within about a second. */
    public Path users() {
        return files.users();
    }

    /** The state directory of skeletons and clients, {@code $RELAY_HOME} elsewhere. */
    public Path home() {
        return files.home();
    }

    /**
     * Deploys a skeleton that serves one id with a new psk, or with the one that {@link #home()} has. Completes with
     * the deployment when the relay has taken the id.
     */
    public Future<String> serve(String id, String host, int port) {
        Promise<ServerId> serving = Promise.promise();
        JsonObject config = new JsonObject()
                .put("home", home().toString())
                .put(
                        "servers",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("id", id)
                                        .put("target", new HostPort(host, port).toString())));
        return vertx.executeBlocking(() -> files.ensurePsk(id))
                .compose(psk -> Deployments.deploy(vertx, new SkeletonVerticle(serving::tryComplete), config))
                .compose(deployment -> serving.future().map(deployment));
    }

    /** Deploys a client with a SOCKS port; completes with that port. */
    public Future<Integer> socks() {
        var client = new ClientVerticle();
        JsonObject socks = new JsonObject().put("host", "127.0.0.1").put("port", 0);
        JsonObject config = new JsonObject().put("home", home().toString()).put("socks", socks);
        return Deployments.deploy(vertx, client, config).map(id -> client.socksPort());
    }

    /** Deploys a client that forwards a local port to a server; completes with that port. */
    public Future<Integer> forward(String server) {
        var client = new ClientVerticle();
        JsonObject forward = new JsonObject().put("listen", "127.0.0.1:0").put("server", server);
        JsonObject config =
                new JsonObject().put("home", home().toString()).put("forwards", new JsonArray().add(forward));
        return Deployments.deploy(vertx, client, config)
                .map(id -> client.forwardPorts().get(0));
    }
}
