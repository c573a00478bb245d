package dev.tcprelay.junit5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.relay.RelayVerticle;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three nodes with Hazelcast and the cluster.xml that ships, in one process: any of them is the relay. */
@RelayTest(nodes = 3)
class SeveralNodesTest {
    private static final int NODES = 3;
    private static final int SIZE = 3 * 1024 * 1024 + 13;
    private ServerSocket target;

    @BeforeEach
    void listen() throws IOException {
        target = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        target.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
    }

    @AfterEach
    void close() throws IOException {
        target.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** What was sent comes back after the sender's end, and not before. */
    private void exchange(int port, long seed) throws Exception {
        byte[] sent = new byte[SIZE];
        new Random(seed).nextBytes(sent);
        Thread echo = new Thread(this::echoAfterTheEnd);
        echo.start();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
            socket.getOutputStream().write(sent);
            socket.shutdownOutput();
            assertArrayEquals(sent, socket.getInputStream().readAllBytes());
        }
        echo.join();
    }

    private void echoAfterTheEnd() {
        try (Socket socket = target.accept()) {
            InputStream in = socket.getInputStream();
            byte[] all = in.readAllBytes();
            socket.getOutputStream().write(all);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String serve(Entrance by, String id) throws Exception {
        return await(by.serve(id, "127.0.0.1", target.getLocalPort()));
    }

    @Test
    void aClientAtEachNodeReachesASkeletonAtEachNode(RelayHarness harness) throws Exception {
        for (int i = 0; i < NODES; i++) {
            serve(harness.through(i), "at-" + i);
        }
        for (int client = 0; client < NODES; client++) {
            for (int skeleton = 0; skeleton < NODES; skeleton++) {
                int port = await(harness.through(client).forward("at-" + skeleton));
                exchange(port, client * NODES + skeleton);
            }
        }
    }

    @Test
    void byTheLoadBalancerAllNodesAreOneRelayAlsoWhenOneOfThemDies(RelayHarness harness) throws Exception {
        String deployment = serve(harness.through(1), "web");
        int port = await(harness.forward("web"));
        for (int i = 0; i < NODES; i++) {
            exchange(port, i);
        }
        await(harness.nodes().get(0).kill());
        for (int i = 0; i < NODES; i++) {
            exchange(await(harness.forward("web")), i);
        }
        await(harness.vertx().undeploy(deployment));
        await(harness.nodes().get(0).start());
        serve(harness.through(0), "web");
        exchange(await(harness.through(2).forward("web")), 7);
        assertEquals(true, harness.nodes().get(0).runs());
        await(harness.nodes().get(0).stop());
        assertThrows(IllegalStateException.class, () -> harness.nodes().get(0).relay());
    }

    /** Skeleton and client have other connections before they leave: nobody notices. */
    @Test
    void noTunnelFailsToOpenWhileANodeDrains(RelayHarness harness) throws Exception {
        serve(harness.through(1), "beside");
        await(harness.serve("web", "127.0.0.1", target.getLocalPort()));
        int port = await(harness.forward("web"));
        exchange(port, 1);
        RelayVerticle stopping = harness.nodes().get(0).relay();
        stopping.drain("a test");
        Future<Void> drained = stopping.drained();
        for (int i = 2; !drained.isComplete(); i++) {
            exchange(port, i);
        }
        await(harness.nodes().get(0).stop());
        exchange(port, 0);
    }

    @Test
    void aResetPassesTheLoadBalancer(RelayHarness harness) throws Exception {
        serve(harness.through(2), "web");
        int port = await(harness.forward("web"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket accepted = target.accept()) {
            socket.getOutputStream().write(1);
            assertEquals(1, accepted.getInputStream().read());
            accepted.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            socket.close();
            assertThrows(SocketException.class, () -> accepted.getInputStream().read());
        }
    }
}
