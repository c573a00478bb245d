package dev.tcprelay.channel;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.LoggerFactory;

/** A Vert.x on one transport, legs whose peers are plain blocking sockets, and a look for leaks at the end. */
final class Rig implements AutoCloseable {
    static final int SECONDS = 60;

    final Vertx vertx;
    final NetServer server;
    final BlockingQueue<Leg> accepted = new LinkedBlockingQueue<>();
    private final NetClient client;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final ch.qos.logback.classic.Logger leaks =
            (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);

    Rig(Transport transport) throws Exception {
        Assumptions.assumeTrue(transport.available());
        log.start();
        leaks.addAppender(log);
        vertx = Vertx.builder()
                .withTransport(transport)
                .with(new VertxOptions().setEventLoopPoolSize(3))
                .build();
        client = vertx.createNetClient(Sockets.client(Duration.ofSeconds(5)));
        server = vertx.createNetServer(Sockets.server(1024));
        server.connectHandler(socket -> accepted.add(Leg.of(socket)));
        get(server.listen(SocketAddress.inetSocketAddress(0, "127.0.0.1")));
    }

    static Stream<Transport> transports() {
        return Stream.of(Transport.NIO, Transport.EPOLL);
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    /** A peer, and the leg that was accepted from it. */
    Pair accept() throws Exception {
        Socket peer = connect();
        return new Pair(peer, take());
    }

    Socket connect() throws IOException {
        Socket peer = keep(new Socket(InetAddress.getLoopbackAddress(), server.actualPort()));
        peer.setSoTimeout(SECONDS * 1000);
        peer.setTcpNoDelay(true);
        return peer;
    }

    Leg take() throws InterruptedException {
        Leg leg = accepted.poll(SECONDS, TimeUnit.SECONDS);
        Assertions.assertNotNull(leg, "no connection was accepted");
        return leg;
    }

    /** A peer, and the leg that was connected to it from the loop of another leg, or from any other loop. */
    Pair dial(Leg near, boolean sameLoop) throws Exception {
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Leg> dialled = new CompletableFuture<>();
            dial(near, sameLoop, target.getLocalPort(), dialled);
            Socket peer = keep(target.accept());
            peer.setSoTimeout(SECONDS * 1000);
            peer.setTcpNoDelay(true);
            return new Pair(peer, dialled.get(SECONDS, TimeUnit.SECONDS));
        }
    }

    private void dial(Leg near, boolean sameLoop, int port, CompletableFuture<Leg> dialled) {
        contextOn(near, sameLoop)
                .runOnContext(go -> client.connect(port, "127.0.0.1")
                        .map(Leg::of)
                        .onSuccess(dialled::complete)
                        .onFailure(dialled::completeExceptionally));
    }

    EventLoop otherLoop(Leg leg) {
        return contextOn(leg, false).nettyEventLoop();
    }

    private ContextInternal contextOn(Leg leg, boolean sameLoop) {
        while (true) {
            ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
            if ((context.nettyEventLoop() == leg.loop()) == sameLoop) {
                return context;
            }
        }
    }

    /** Runs a question on the leg's loop and waits for the answer. */
    static <T> T on(Leg leg, Callable<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        leg.run(() -> {
            try {
                answer.complete(question.call());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(SECONDS, TimeUnit.SECONDS);
    }

    static void run(Leg leg, Runnable action) throws Exception {
        on(leg, () -> {
            action.run();
            return null;
        });
    }

    /** For states of the kernel, of which no event tells. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            Assertions.assertTrue(System.nanoTime() < end, "waited in vain");
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    <T extends AutoCloseable> T keep(T closeable) {
        open.add(closeable);
        return closeable;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        get(vertx.close());
        for (int i = 0; i < 3; i++) {
            System.gc();
            System.runFinalization();
            ByteBuf probe = ByteBufAllocator.DEFAULT.directBuffer(16);
            probe.release();
        }
        leaks.detachAppender(log);
        Assertions.assertEquals(
                List.of(),
                log.list.stream()
                        .filter(event -> event.getLevel() == Level.ERROR)
                        .map(ILoggingEvent::getFormattedMessage)
                        .toList());
    }

    /** Both ends of a connection: a blocking socket and a leg. */
    record Pair(Socket peer, Leg leg) {}

    /** On a thread of its own: a common pool has only one thread on a small machine, and these tasks wait for another. */
    static CompletableFuture<Void> async(Runnable task) {
        return CompletableFuture.runAsync(task, Rig::ownThread);
    }

    /** The same with a result. */
    static <T> CompletableFuture<T> asyncResult(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, Rig::ownThread);
    }

    private static void ownThread(Runnable task) {
        new Thread(task, "test").start();
    }
}
