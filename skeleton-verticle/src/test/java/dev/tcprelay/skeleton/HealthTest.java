package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ids that are there only while their server takes connections. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class HealthTest {
    private static final String POLITE = "ended without a byte";

    /** What became of each connection of the server that was no tunnel, in order. */
    private final BlockingQueue<String> checks = new LinkedBlockingQueue<>();

    private final BlockingQueue<Socket> tunnels = new LinkedBlockingQueue<>();
    private volatile byte[] banner = {};
    private ServerSocket listener;
    private int port;
    private Rig rig;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory);
        ServerSocket free = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        port = free.getLocalPort();
        free.close();
        rig.web
                .put("target", "127.0.0.1:" + port)
                .put("health", new JsonObject().put("interval", "100ms").put("failures", 3));
    }

    @AfterEach
    void close() throws Exception {
        stopServer();
        rig.close();
    }

    private void startServer() throws IOException {
        ServerSocket own = new ServerSocket();
        own.setReuseAddress(true);
        own.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        listener = own;
        Thread accepting = new Thread(() -> accept(own), "server");
        accepting.setDaemon(true);
        accepting.start();
    }

    private void stopServer() throws IOException {
        if (listener != null) {
            listener.close();
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket socket = from.accept();
                socket.setSoTimeout(Wires.MILLIS);
                String what = lookAt(socket);
                if (what != null) {
                    socket.close();
                    checks.add(what);
                }
            }
        } catch (IOException e) {
            checks.add("the server has stopped");
        }
    }

    /** Null if it is a tunnel. */
    private String lookAt(Socket socket) {
        try {
            socket.getOutputStream().write(banner);
            int first = socket.getInputStream().read();
            if (first >= 0) {
                tunnels.add(socket);
                return null;
            }
            // What a reset has destroyed is told now at the latest.
            socket.getOutputStream().write(banner);
            return POLITE;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String check() throws InterruptedException {
        String check = checks.poll(Wires.MILLIS, TimeUnit.MILLISECONDS);
        assertNotNull(check, "no check");
        return check;
    }

    private FakeControl serveWeb() throws Exception {
        startServer();
        FakeControl control = rig.serve();
        rig.logged(Level.INFO, "serving web");
        return control;
    }

    @Test
    void whatIsNotHealthyAtTheStartIsNotOffered() throws Exception {
        ServerId mail = new ServerId("mail");
        dev.tcprelay.channel.SecretFiles.create(
                rig.home.psk(mail), Psk.generate(new SecureRandom()).format() + "\n");
        JsonObject other = new JsonObject().put("id", "mail").put("target", "127.0.0.1:1");
        Future<String> deployed = rig.deploy(new JsonArray().add(rig.web).add(other));
        FakeControl control = rig.relay.session();
        assertEquals(mail, control.answer(Status.AVAILABLE).id());
        Rig.await(deployed);
        rig.logged(
                Level.WARN,
                "web is not offered yet, since 127.0.0.1:" + port + " takes no connections: Connection refused");
        startServer();
        assertEquals(new Register(Rig.WEB, Mode.GROUP), control.answer(Status.AVAILABLE));
        rig.logged(Level.INFO, "serving web");
        assertEquals(POLITE, check());
        assertEquals(0, rig.loggedTimes("not offered"));
    }

    @Test
    void whatFailsIsWithdrawnAndItsTunnelsGoOn() throws Exception {
        FakeControl control = serveWeb();
        FakeClient client = FakeClient.open(rig.relay.leg(), Rig.WEB, rig.psk, TargetRequest.defaultTarget());
        assertEquals(Outcome.OK, client.result());
        client.send(TunnelRecord.DATA, (byte) 1);
        Socket tunnel = tunnels.poll(Wires.MILLIS, TimeUnit.MILLISECONDS);
        stopServer();
        assertEquals(Rig.WEB, control.next(Unregister.class).id());
        rig.logged(Level.WARN, "web is withdrawn, since 127.0.0.1:" + port + " takes no connections any more");
        tunnel.getOutputStream().write(2);
        assertArrayEquals(new byte[] {(byte) TunnelRecord.DATA.type(), 2}, client.receive());
        startServer();
        control.answer(Status.AVAILABLE);
        rig.logged(Level.INFO, "serving web");
        assertEquals(0, rig.loggedTimes("withdrawn"));
        tunnel.close();
    }

    /** The relay closes the spares of a withdrawn id; no others come until it is offered again. */
    @Test
    void aWithdrawnIdHasNoSpares() throws Exception {
        FakeControl control = serveWeb();
        FakeLeg spare = rig.relay.leg().accept();
        stopServer();
        control.next(Unregister.class);
        spare.socket().close();
        // Crossed: the relay's answer to what was withdrawn meanwhile.
        control.registered(Rig.WEB, Status.AVAILABLE);
        startServer();
        control.next(Register.class);
        assertEquals(0, rig.loggedTimes("serving web"));
        assertEquals(0, rig.relay.legs.size());
        control.registered(Rig.WEB, Status.AVAILABLE);
        rig.relay.leg().accept();
    }

    @Test
    void aSuccessBetweenFailuresCounts() throws Exception {
        rig.web.getJsonObject("health").put("failures", 2).put("successes", 2);
        FakeControl control = serveWeb();
        stopServer();
        control.next(Unregister.class);
        long stopped = System.nanoTime();
        checks.clear();
        startServer();
        control.answer(Status.AVAILABLE);
        assertTrue(System.nanoTime() - stopped >= TimeUnit.MILLISECONDS.toNanos(100), "two successes are needed");
        assertEquals(POLITE, check());
        assertEquals(POLITE, check());
    }

    /** A server that greets has bytes on the way when the check leaves: closing at once would reset the connection. */
    @Test
    void checksAreNoTroubleForAServerThatSpeaksFirst() throws Exception {
        banner = new byte[100_000];
        serveWeb();
        for (int i = 0; i < 5; i++) {
            assertEquals(POLITE, check());
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsNotHealthy() throws Exception {
        rig.web.getJsonObject("health").put("timeout", "50ms");
        try (FakeServer silent = new FakeServer(1)) {
            silent.fillBacklog();
            rig.web.put("target", "127.0.0.1:" + silent.port());
            Rig.await(rig.deploy());
            rig.logged(Level.WARN, "web is not offered yet, since 127.0.0.1:" + silent.port());
        }
    }
}
