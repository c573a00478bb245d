package dev.tcprelay.relay;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A real node for tests, in a directory of its own, on free ports of the loopback. */
final class Relay implements AutoCloseable {
    static final SecureRandom RANDOM = new SecureRandom();
    static final KeyPair ALICE = KeyPair.generate(RANDOM);
    static final KeyPair BOB = KeyPair.generate(RANDOM);
    static final KeyPair CAROL = KeyPair.generate(RANDOM);
    /** Alice connects, bob and carol serve; dan is disabled and has a key nobody needs. */
    static final String USERS = line("alice", ALICE, "connect=*")
            + line("bob", BOB, "serve=*")
            + line("carol", CAROL, "connect=* serve=*")
            + line("dan", KeyPair.generate(RANDOM), "connect=* disabled");

    private static final int PATIENCE_SECONDS = 30;

    final Vertx vertx;
    final Path directory;
    final KeyPair key = KeyPair.generate(RANDOM);
    private final JsonObject limits = new JsonObject();
    private final JsonObject config;
    private Supplier<RelayVerticle> verticles = RelayVerticle::new;
    private RelayVerticle verticle = new RelayVerticle();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private String deployment = "";

    /** Makes the files; {@link #start} deploys. */
    Relay(Vertx vertx, Path directory) throws IOException {
        this.vertx = vertx;
        this.directory = directory;
        var port = new JsonObject().put("host", "127.0.0.1").put("port", 0);
        config = new JsonObject()
                .put("directory", directory.toString())
                .put("usersCheck", "20ms")
                .put("clients", port.copy())
                .put("skeletons", port.copy())
                .put("http", port.copy())
                .put("limits", limits);
        SecretFiles.create(directory.resolve("relay.key"), RelayKey.format(key));
        Files.writeString(directory.resolve("relay.pem"), pem());
        users(USERS);
    }

    static Relay started(Vertx vertx, Path directory) throws Exception {
        return new Relay(vertx, directory).start();
    }

    String pem() {
        return new RelayPem(new Realm("00112233445566778899aabbccddeeff"), publicKey()).format();
    }

    static String line(String name, KeyPair pair, String rest) {
        return name + " " + new UserKey(UserKey.Kind.X25519, PublicKey.of(pair)) + " " + rest + "\n";
    }

    Relay limit(String name, Object value) {
        limits.put(name, value);
        return this;
    }

    Relay host(String host) {
        config.getJsonObject("clients").put("host", host);
        return this;
    }

    /** Hands the node another config, as whoever deployed it does when the file has changed. */
    void reloadConfig(Consumer<JsonObject> change) throws Exception {
        JsonObject changed = config.copy();
        change.accept(changed);
        await(verticle.reload(changed));
    }

    Relay instances(int each) {
        config.getJsonObject("clients").put("instances", each);
        config.getJsonObject("skeletons").put("instances", each);
        return this;
    }

    /** Load balancers at this address tell where their connections come from. */
    Relay behind(String balancer) {
        for (String port : List.of("clients", "skeletons")) {
            config.getJsonObject(port)
                    .put(
                            "proxyProtocol",
                            new JsonObject().put("from", new io.vertx.core.json.JsonArray().add(balancer)));
        }
        return this;
    }

    Relay admin(JsonObject admin) {
        config.put("admin", admin);
        return this;
    }

    Relay drain(String notice, String grace) {
        config.put("drain", new JsonObject().put("notice", notice).put("grace", grace));
        return this;
    }

    /** Begins to drain, as its operator asks it to. */
    Future<Void> drain() {
        verticle.drain("a test");
        return verticle.drained();
    }

    /** How far a drain has come; null before it has begun. */
    JsonObject draining() {
        return verticle.draining();
    }

    String phase() {
        JsonObject drain = draining();
        return drain == null ? "none" : drain.getString("phase");
    }

    /** Writes the users file; a running node reads it soon. */
    void users(String text) throws IOException {
        SecretFiles.replace(directory.resolve("users"), text);
    }

    /** Writes the users file and waits until the node knows it. */
    void reload(String text) throws Exception {
        String before = node().accounts().hash();
        users(text);
        until(() -> !node().accounts().hash().equals(before));
    }

    /** Makes it one of several, who share that key. */
    Relay clustered(ClusterKey shared, int peerPort, Supplier<RelayVerticle> verticle) throws IOException {
        config.put("cluster", new JsonObject().put("host", "127.0.0.1"))
                .put("peers", new JsonObject().put("port", peerPort));
        SecretFiles.create(directory.resolve("cluster.key"), shared.format() + "\n");
        verticles = verticle;
        return this;
    }

    int peerPort() {
        return verticle.peerPort();
    }

    Relay start() throws Exception {
        verticle = verticles.get();
        deployment = await(vertx.deployVerticle(verticle, options()));
        return this;
    }

    io.vertx.core.DeploymentOptions options() {
        return new io.vertx.core.DeploymentOptions().setConfig(config);
    }

    void stop() throws Exception {
        await(vertx.undeploy(deployment));
        deployment = "";
    }

    /** Closes all peers, then stops the node, if it runs. */
    @Override
    public void close() throws Exception {
        for (Peer peer : peers) {
            peer.close();
        }
        if (!deployment.isEmpty()) {
            stop();
        }
    }

    Node node() {
        return verticle.running();
    }

    /** Spares of that id that wait on this node, of whatever skeleton. */
    int spares(String server) {
        return node().directory().offers(new ServerId(server)).stream()
                .mapToInt(node().spares()::count)
                .sum();
    }

    int httpPort() {
        return verticle.httpPort();
    }

    int adminPort() {
        return verticle.adminPort();
    }

    Fingerprint fingerprint() {
        return verticle.fingerprint();
    }

    int port(Role role) {
        return switch (role) {
            case CLIENT -> verticle.clientPort();
            case SKELETON -> verticle.skeletonPort();
            case PEER -> verticle.peerPort();
        };
    }

    PublicKey publicKey() {
        return PublicKey.of(key);
    }

    Peer client() throws IOException {
        return from("127.0.0.1", Role.CLIENT);
    }

    Peer skeleton() throws IOException {
        return from("127.0.0.1", Role.SKELETON);
    }

    Peer from(String source, Role role) throws IOException {
        return from(source, role, new byte[0]);
    }

    /** By way of a load balancer, which says that first. */
    Peer from(String source, Role role, byte[] header) throws IOException {
        Peer peer = new Peer(this, role, source, header);
        peers.add(peer);
        return peer;
    }

    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Waits for what no message tells. */
    static void until(BooleanSupplier condition) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("waited in vain for " + PATIENCE_SECONDS + " s");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
