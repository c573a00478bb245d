package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Thousands of tunnels through one relay, one skeleton and one client, all three as users start them: what they carry
 * stays apart, what they take is little and given back.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ScaleTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int AT_ONCE = 1000;
    private static final int CHUNK = 64 * 1024;
    private static final int CHUNKS = 8;

    private static final int WARM_UP = 4000;
    private static final int OPENED_AND_CLOSED = 20_000;
    private static final int WORKERS = 32;

    /** Every process of this test has two descriptors for each tunnel, and some more; a twentieth is kept back. */
    private static final int IDLE = Math.min(8000, mostDescriptors() / 20 * 9 - 500);

    /** What pools, caches and spares that come and go may differ by. */
    private static final int FEW = 8;

    /** What 20,000 tunnels may leave on the heap or in buffers: 50 bytes each. */
    private static final long SLACK = 1L << 20;

    /** Bytes of heap and buffers for an idle tunnel: two sockets, a splice. */
    private static final long AT_THE_RELAY = 5 * 1024;

    /** The same with the state of two ciphers. */
    private static final long AT_THE_ENDS = 8 * 1024;

    private static final Semaphore TURNS = new Semaphore(2 * WORKERS);

    private static EchoPort target;
    private static final Map<String, Program> PROCESSES = new LinkedHashMap<>();
    private static final Map<String, Integer> AT_FIRST = new LinkedHashMap<>();
    private static int forward;

    @BeforeAll
    static void oneOfEach() throws Exception {
        String java = "-Xmx192m -XX:-UsePerfData " + Vitals.TRACKING;
        Network network = Network.start(STAGE, "RELAY_JAVA_OPTS", java, "RELAY_LOG_LEVEL", "WARN");
        target = STAGE.keep(new EchoPort());
        forward = Ports.free();
        PROCESSES.put("relay", network.node());
        PROCESSES.put("skeleton", network.expose("echo", target.address()));
        PROCESSES.put("client", network.clientWith("--forward", forward + ":echo"));
        for (var process : PROCESSES.entrySet()) {
            AT_FIRST.put(process.getKey(), Vitals.descriptors(process.getValue()));
        }
        openAndClose(WARM_UP);
    }

    private static int mostDescriptors() {
        try {
            String limits = Files.readString(Path.of("/proc/self/limits"));
            var matcher = Pattern.compile("Max open files +\\d+ +(\\d+)").matcher(limits);
            return matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
        } catch (IOException e) {
            throw new AssertionError("this test looks into /proc", e);
        }
    }

    @Test
    void aThousandTunnelsAtOnceCarryEachItsOwnBytes() throws Exception {
        var allOpen = new CyclicBarrier(AT_ONCE);
        var number = new AtomicInteger();
        inParallel(AT_ONCE, () -> {
            int own = number.incrementAndGet();
            try (Socket tunnel = openInTurn(own)) {
                allOpen.await(60, TimeUnit.SECONDS);
                assertArrayEquals(exchange(tunnel, own), digest(own), "tunnel " + own);
                tunnel.shutdownOutput();
                assertEquals(-1, tunnel.getInputStream().read());
            }
        });
    }

    @Test
    void whatTunnelsTookIsGivenBack() throws Exception {
        awaitQuiet();
        Map<String, Vitals> before = vitals();
        openAndClose(OPENED_AND_CLOSED);
        awaitQuiet();
        Map<String, Vitals> after = vitals();
        before.forEach((name, was) -> {
            Vitals is = after.get(name);
            String both = name + "\n  before " + was + "\n  after  " + is;
            System.out.println(both);
            assertTrue(is.threads() <= was.threads() + FEW, both);
            assertTrue(is.heap() <= was.heap() + SLACK, both);
            assertTrue(is.direct() <= was.direct() + SLACK, both);
        });
    }

    @Test
    void idleTunnelsTakeLittle() throws Exception {
        awaitQuiet();
        Map<String, Vitals> before = vitals();
        Queue<Socket> tunnels = new ConcurrentLinkedQueue<>();
        try {
            var left = new AtomicInteger(IDLE);
            inParallel(WORKERS, () -> {
                for (int i = left.getAndDecrement(); i > 0; i = left.getAndDecrement()) {
                    tunnels.add(open(i));
                }
            });
            assertEquals(IDLE, target.open(), "connections of the server");
            report(before, vitals());
            for (Socket tunnel : tunnels) {
                echo(tunnel, 7);
            }
        } finally {
            for (Socket tunnel : tunnels) {
                tunnel.close();
            }
        }
        awaitQuiet();
    }

    private static void report(Map<String, Vitals> before, Map<String, Vitals> after) throws IOException {
        List<String> lines = new ArrayList<>();
        before.forEach((name, was) ->
                lines.add("  \"" + name + "\": " + after.get(name).json(was, IDLE)));
        String json = "{\"idle_tunnels\": " + IDLE + ",\n" + String.join(",\n", lines) + "\n}\n";
        System.out.print(json);
        Files.writeString(Path.of("target", "idle-tunnels.json"), json);
        before.forEach((name, was) -> {
            long most = name.equals("relay") ? AT_THE_RELAY : AT_THE_ENDS;
            assertTrue(after.get(name).perTunnel(was, IDLE) <= most, json);
        });
    }

    /** One after the other in each worker: ended by both sides, by the application's close, or by its reset. */
    private static void openAndClose(int count) throws Exception {
        var left = new AtomicInteger(count);
        inParallel(WORKERS, () -> {
            for (int i = left.getAndDecrement(); i > 0; i = left.getAndDecrement()) {
                try (Socket tunnel = open(i)) {
                    if (i % 3 == 0) {
                        tunnel.shutdownOutput();
                        assertEquals(-1, tunnel.getInputStream().read());
                    } else if (i % 3 == 1) {
                        tunnel.setSoLinger(true, 0);
                    }
                }
            }
        });
    }

    /** Each within its 10 s, on whatever machine: the relay has a limit for those of one source that are on their way. */
    private static Socket openInTurn(int number) throws Exception {
        TURNS.acquire();
        try {
            return open(number);
        } finally {
            TURNS.release();
        }
    }

    private static Socket open(int number) throws IOException {
        Socket tunnel = SocksPort.open(forward);
        echo(tunnel, number);
        return tunnel;
    }

    private static void echo(Socket tunnel, int number) throws IOException {
        byte[] bytes = {(byte) (number >> 16), (byte) (number >> 8), (byte) number};
        tunnel.getOutputStream().write(bytes);
        assertArrayEquals(bytes, tunnel.getInputStream().readNBytes(bytes.length), "echo of " + number);
    }

    /** Sends a tunnel's own bytes, each chunk when the one before is back, and digests what comes. */
    private static byte[] exchange(Socket tunnel, int own) throws Exception {
        MessageDigest received = MessageDigest.getInstance("SHA-256");
        Random random = new Random(own);
        byte[] chunk = new byte[CHUNK];
        for (int i = 0; i < CHUNKS; i++) {
            random.nextBytes(chunk);
            tunnel.getOutputStream().write(chunk);
            received.update(tunnel.getInputStream().readNBytes(CHUNK));
        }
        return received.digest();
    }

    private static byte[] digest(int own) throws Exception {
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        Random random = new Random(own);
        byte[] chunk = new byte[CHUNK];
        for (int i = 0; i < CHUNKS; i++) {
            random.nextBytes(chunk);
            sent.update(chunk);
        }
        return sent.digest();
    }

    private static Map<String, Vitals> vitals() throws Exception {
        Map<String, Vitals> vitals = new LinkedHashMap<>();
        for (var process : PROCESSES.entrySet()) {
            vitals.put(process.getKey(), Vitals.of(process.getValue()));
        }
        return vitals;
    }

    /** Until the tunnels of before are gone: as many descriptors as after the start. */
    private static void awaitQuiet() throws Exception {
        for (var process : PROCESSES.entrySet()) {
            String name = process.getKey();
            int most = AT_FIRST.get(name) + FEW;
            Eventually.within(
                    30,
                    name + " has at most " + most + " descriptors",
                    () -> Vitals.descriptors(process.getValue()) <= most);
        }
    }

    /** The same on so many threads; the first failure fails the test. */
    private static void inParallel(int threads, Threads.Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> {
                    work.run();
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }
}
