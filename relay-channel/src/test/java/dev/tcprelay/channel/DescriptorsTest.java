package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.Descriptors.Usage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when the process runs out of descriptors, with a limit that is only said. */
class DescriptorsTest {
    /** Of which 64 are kept back. */
    private static final int LIMIT = 200;

    /** What may be taken uncounted, and what one wake-up of Netty accepts. */
    private static final int OVERSHOOT = 4 + 16;

    private final AtomicLong open = new AtomicLong();
    private final Usage usage = new Usage(LIMIT, open::get);

    @Test
    void aTwentiethIsKeptBackAnd64AtLeast() throws Exception {
        try (Closing vertx = new Closing(false)) {
            assertEquals((LIMIT - 64 - 100) / 2, vertx.descriptors(usage).tunnels(100));
            assertEquals(0, vertx.descriptors(usage).tunnels(199));
            var large = new Usage(10_000, open::get);
            assertEquals((10_000 - 500 - 100) / 2, vertx.descriptors(large).tunnels(100));
        }
    }

    @Test
    void theLastButTheReserveIsGivenAndNotOneMore() throws Exception {
        try (Closing vertx = new Closing(false)) {
            open.set(LIMIT - 64 - 1);
            assertTrue(vertx.descriptors(usage).take());
            open.set(LIMIT - 64);
            assertFalse(vertx.descriptors(usage).take());
        }
    }

    @Test
    void whatIsTakenUncountedStaysFarBelowTheReserve() throws Exception {
        try (Closing vertx = new Closing(false)) {
            var descriptors = vertx.descriptors(usage);
            int taken = 0;
            while (descriptors.take()) {
                taken++;
                open.addAndGet(2);
            }
            assertTrue(taken >= (LIMIT - 64) / 2, "only " + taken + " taken");
            assertTrue(open.get() < LIMIT - 32, open + " are open");
        }
    }

    @Test
    void aProcessThatCannotEvenCountHasNoneLeft() throws Exception {
        try (Closing vertx = new Closing(false)) {
            var exhausted = new Usage(LIMIT, () -> {
                throw new InternalError("Unable to open directory /proc/self/fd");
            });
            assertFalse(vertx.descriptors(exhausted).take());
        }
    }

    @Test
    void aProcessWithoutALimitNeverStops() throws Exception {
        try (Closing vertx = new Closing(false)) {
            var descriptors = vertx.descriptors(new Usage(Long.MAX_VALUE, () -> 0));
            for (int i = 0; i < 1000; i++) {
                assertTrue(descriptors.take());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListenerStopsAcceptingAndGoesOnByItself(boolean nativeTransport) throws Exception {
        var accepted = new AtomicInteger();
        List<Socket> sockets = new ArrayList<>();
        try (Closing vertx = new Closing(nativeTransport)) {
            var counted = new AtomicInteger();
            var descriptors = vertx.descriptors(new Usage(LIMIT, () -> {
                counted.incrementAndGet();
                return open.get();
            }));
            int port = vertx.listen(descriptors, accepted);
            open.set(LIMIT - 64 - 1);
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
            until(() -> counted.get() > 0); // the first connection brings the guard
            open.set(LIMIT - 64);
            for (int i = 1; i < 100; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            until(() -> !descriptors.take());
            int looked = counted.get();
            until(() -> counted.get() > looked + 1); // and does not change its mind
            int stopped = accepted.get();
            assertTrue(stopped <= 1 + OVERSHOOT, stopped + " accepted");
            open.set(0);
            until(() -> accepted.get() == 100);
            assertTrue(descriptors.take());
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void until(BooleanSupplier condition) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < limit, "waited in vain");
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A Vert.x that ends with the test. */
    private static final class Closing implements AutoCloseable {
        private final Vertx vertx;

        Closing(boolean nativeTransport) {
            vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
        }

        Descriptors descriptors(Usage usage) {
            return new Descriptors(vertx.getOrCreateContext(), usage, "nothing is taken");
        }

        int listen(Descriptors descriptors, AtomicInteger accepted) throws Exception {
            return vertx.createNetServer()
                    .connectHandler(socket -> {
                        descriptors.guard(socket);
                        accepted.incrementAndGet();
                    })
                    .listen(0, "127.0.0.1")
                    .await(30, TimeUnit.SECONDS)
                    .actualPort();
        }

        @Override
        public void close() throws Exception {
            vertx.close().await(30, TimeUnit.SECONDS);
        }
    }
}
