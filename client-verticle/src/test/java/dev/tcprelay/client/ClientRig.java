package dev.tcprelay.client;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tcprelay.channel.Credentials;
import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.slf4j.LoggerFactory;

/** A fake relay, a client with a proxy port and a forwarded port, and a look for leaks at the end. */
final class ClientRig implements AutoCloseable {
    static final int SECONDS = 60;
    static final ServerId WEB = new ServerId("web");
    static final ServerId MAIL = new ServerId("mail");
    private static final SecureRandom RANDOM = new SecureRandom();

    final Vertx vertx = Vertx.vertx();
    final FakeRelay relay = new FakeRelay(vertx);
    final Psk psk = Psk.generate(RANDOM);
    final Map<ServerId, List<Psk>> psks = new ConcurrentHashMap<>(Map.of(WEB, List.of(psk), MAIL, List.of(psk)));
    final ListAppender<ILoggingEvent> log = new ListAppender<>();
    Deadlines deadlines = Deadlines.DEFAULT;
    int warmLegs;
    int ahead;
    RelayClient client;
    int socksPort;
    int forwardPort;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Logger> watched = List.of((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class), (Logger)
            LoggerFactory.getLogger("dev.tcprelay"));
    private final ListAppender<ILoggingEvent> errors = log;

    ClientRig() throws Exception {
        log.start();
        watched.forEach(each -> each.addAppender(errors));
        relay.listen();
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    /** With deadlines of which those are short that make the test's point. */
    ClientRig impatient() {
        Duration s = Duration.ofMillis(300);
        deadlines = new Deadlines(
                s,
                s.multipliedBy(4),
                s,
                s,
                s,
                Duration.ofMinutes(4),
                s,
                Duration.ofMillis(5),
                s,
                deadlines.frequent(),
                deadlines.aheadLife());
        return this;
    }

    /** With another patience while there is no session. */
    ClientRig outage(Duration patience) {
        Deadlines d = deadlines;
        deadlines = new Deadlines(
                d.answer(),
                d.opened(),
                d.result(),
                patience,
                d.page(),
                d.warmLife(),
                d.young(),
                d.retry(),
                d.negotiation(),
                d.frequent(),
                d.aheadLife());
        return this;
    }

    ClientRig warmLegs(int number) {
        warmLegs = number;
        return this;
    }

    /** Deploys the client; waits for its login. */
    ClientRig start() throws Exception {
        deploy();
        await(this::established);
        await(() -> relay.warm.size() == warmLegs);
        return this;
    }

    /** Not by the first list alone: an impatient client may have given up waiting for its login. */
    private boolean established() {
        return client.list()
                .toCompletionStage()
                .handle((servers, e) -> e == null)
                .toCompletableFuture()
                .join();
    }

    void deploy() throws Exception {
        get(vertx.deployVerticle(new Gateways()));
    }

    /** What a client verticle does, without files. */
    private final class Gateways extends VerticleBase {
        @Override
        public Future<?> start() {
            client = new RelayClient(
                    vertx,
                    relay.address(),
                    new Credentials(new UserName("alice"), KeyPair.generate(RANDOM)),
                    ClientRig.this::psksOf,
                    new RelayClientOptions(warmLegs, ahead),
                    new RelayClient.Observer() {},
                    deadlines);
            client.start().onComplete(done -> {});
            var failures = new FailureLog(System::nanoTime);
            var any = new HostPort("127.0.0.1", 0);
            var descriptors = Descriptors.of(context, "client", "no connection is accepted");
            var ports = new LocalPorts(vertx, descriptors);
            return ports.become(List.of(
                            new LocalPorts.Wanted("proxy", any, new SocksGateway(client, null, failures)::accepted),
                            new LocalPorts.Wanted("web", any, new ForwardGateway(client, WEB, failures)::accepted)))
                    .onSuccess(v -> {
                        socksPort = ports.numbers().get(0);
                        forwardPort = ports.numbers().get(1);
                    });
        }

        @Override
        public Future<?> stop() {
            return client.stop();
        }
    }

    private List<Psk> psksOf(ServerId id) throws IOException {
        List<Psk> known = psks.get(id);
        if (known == null) {
            throw new NoSuchFileException(id.value());
        }
        return known;
    }

    Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(SECONDS * 1000);
        socket.setTcpNoDelay(true);
        open.add(socket);
        return socket;
    }

    /** An application that has asked for a server by SOCKS; the reply to its request is still to come. */
    Socket ask(String host) throws IOException {
        Socket socket = connect(socksPort);
        byte[] name = ProxyTalk.ascii(host);
        byte[] head = {5, 1, 0, 5, 1, 0, 3, (byte) name.length};
        socket.getOutputStream().write(ProxyTalk.concat(head, name, new byte[] {0, 80}));
        Assertions.assertArrayEquals(new byte[] {5, 0}, socket.getInputStream().readNBytes(2));
        return socket;
    }

    /** The code of the SOCKS reply. */
    static int reply(Socket socket) throws IOException {
        byte[] reply = socket.getInputStream().readNBytes(10);
        Assertions.assertEquals(10, reply.length, () -> "a short reply: " + Arrays.toString(reply));
        Assertions.assertEquals(5, reply[0]);
        return reply[1];
    }

    /** An application with an open tunnel. */
    Socket open(String host) throws IOException {
        Socket socket = ask(host);
        Assertions.assertEquals(0, reply(socket));
        return socket;
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            Assertions.assertTrue(System.nanoTime() < end, "waited in vain");
            LockSupport.parkNanos(1_000_000);
        }
    }

    List<String> logged(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        get(vertx.close());
        for (int i = 0; i < 3; i++) {
            System.gc();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        watched.forEach(each -> each.detachAppender(errors));
        Assertions.assertEquals(List.of(), logged(Level.ERROR));
    }
}
