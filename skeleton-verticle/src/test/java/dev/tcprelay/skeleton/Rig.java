package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.tcprelay.channel.Redialling;
import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Status;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/** A skeleton between a scripted relay and a scripted server, its files, its log, and a look for leaks at the end. */
final class Rig implements AutoCloseable {
    static final ServerId WEB = new ServerId("web");

    final FakeRelay relay = new FakeRelay();
    final FakeServer server = new FakeServer(50);
    final SecureRandom random = new SecureRandom();
    final Psk psk = Psk.generate(random);
    final RelayHome home;
    final KnownRelay known = relay.known();
    final BlockingQueue<ServerId> served = new LinkedBlockingQueue<>();
    final JsonObject web;
    private final BlockingQueue<ILoggingEvent> log = new LinkedBlockingQueue<>();
    private final List<String> leaks = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender;
    private final Vertx vertx;
    private Timing timing = Timing.STANDARD;
    private int connections = -1;
    private Deployed deployed;

    Rig(Vertx vertx, Path directory) throws Exception {
        this.vertx = vertx;
        home = new RelayHome(directory);
        SecretFiles.create(home.knownRelays(), known.format() + "\n");
        SecretFiles.create(home.logins(), "fake alice keys/alice.key\n");
        SecretFiles.create(home.keys().resolve("alice.key"), RelayKey.format(KeyPair.generate(random)));
        SecretFiles.create(home.psk(WEB), psk.format() + "\n");
        web = new JsonObject()
                .put("id", "web")
                .put("target", "127.0.0.1:" + server.port())
                .put("spares", 1);
        appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLoggerName().equals(ResourceLeakDetector.class.getName())
                        && event.getLevel() == Level.ERROR) {
                    leaks.add(event.getFormattedMessage());
                }
                log.add(event);
            }
        };
        appender.start();
        root().addAppender(appender);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger("ROOT");
    }

    Rig timing(Timing other) {
        timing = other;
        return this;
    }

    /** Another number than the one that is used without a word. */
    Rig connections(int number) {
        connections = number;
        return this;
    }

    /** A second for message 2, 3 s for a spare that has a successor. */
    static Timing quick(Duration renewal, Duration steady) {
        return new Timing(
                renewal,
                Duration.ZERO,
                Duration.ofSeconds(3),
                steady,
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                Duration.ofMillis(20),
                Redialling.STANDARD);
    }

    Future<String> deploy() {
        return deploy(new JsonArray().add(web));
    }

    Future<String> deploy(JsonArray servers) {
        JsonObject config =
                new JsonObject().put("home", home.directory().toString()).put("servers", servers);
        if (connections >= 0) {
            config.put("connections", connections);
        }
        deployed = new Deployed(new SkeletonVerticle(served::add, timing));
        return vertx.deployVerticle(deployed, new DeploymentOptions().setConfig(config));
    }

    /** Hands it other servers while it runs. */
    Future<?> reload(JsonObject... servers) {
        return reloadConfig(new JsonObject()
                .put("home", home.directory().toString())
                .put("servers", new JsonArray(List.of(servers))));
    }

    Future<?> reloadConfig(JsonObject config) {
        Promise<Object> done = Promise.promise();
        deployed.context.runOnContext(v -> Future.succeededFuture()
                .compose(now -> deployed.verticle.reload(config).mapEmpty())
                .onComplete(done));
        return done.future();
    }

    /** Keeps the context of the verticle. */
    private static final class Deployed implements Deployable {
        final SkeletonVerticle verticle;
        volatile Context context;

        Deployed(SkeletonVerticle verticle) {
            this.verticle = verticle;
        }

        @Override
        public Future<?> deploy(Context own) throws Exception {
            context = own;
            return verticle.deploy(own);
        }

        @Override
        public Future<?> undeploy(Context own) throws Exception {
            return verticle.undeploy(own);
        }
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(Wires.MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Deploys, logs in and registers; the relay says that the id is available. */
    FakeControl serve() throws Exception {
        Future<String> deployed = deploy();
        FakeControl control = relay.session();
        control.answer(Status.AVAILABLE);
        await(deployed);
        assertEquals(WEB, served.poll(Wires.MILLIS, TimeUnit.MILLISECONDS));
        return control;
    }

    /** Waits for a line of the own log. */
    ILoggingEvent logged(Level level, String part) throws InterruptedException {
        return logged(event ->
                event.getLevel() == level && event.getFormattedMessage().contains(part));
    }

    /** How many of the lines that were logged until now, and not looked at yet, have this in them. */
    long loggedTimes(String part) {
        return log.stream()
                .filter(event -> event.getFormattedMessage().contains(part))
                .count();
    }

    private ILoggingEvent logged(Predicate<ILoggingEvent> wanted) throws InterruptedException {
        ILoggingEvent event;
        do {
            event = log.poll(Wires.MILLIS, TimeUnit.MILLISECONDS);
            assertNotNull(event, "not logged");
        } while (!wanted.test(event));
        return event;
    }

    @Override
    public void close() throws Exception {
        relay.close();
        server.close();
        await(vertx.close());
        for (int i = 0; i < 3; i++) {
            System.gc();
            System.runFinalization();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        root().detachAppender(appender);
        assertEquals(List.of(), leaks);
    }
}
