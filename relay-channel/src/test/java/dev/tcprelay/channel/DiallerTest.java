package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections to relays that do not behave like one. */
@ExtendWith(VertxExtension.class)
class DiallerTest {
    private static RelayAddress at(ServerSocket listener) {
        var address = new HostPort("127.0.0.1", listener.getLocalPort());
        return new RelayAddress(address, Role.CLIENT, PublicKey.of(KeyPair.generate(new SecureRandom())), null);
    }

    /** HELLO is waited for 3 s (M9): a server that never speaks does not hold anybody up. */
    @Test
    void aServerThatSaysNothingIsGivenUp(Vertx vertx, VertxTestContext context) throws IOException {
        // Accepted by the kernel's backlog; nobody ever writes.
        ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        long start = System.nanoTime();
        new Dialler(vertx)
                .greet(at(silent))
                .onComplete(context.failing(e -> context.verify(() -> {
                    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                    assertEquals(Kind.UNREACHABLE, ((RelayException) e).kind());
                    assertTrue(took >= 2900 && took < 10_000, "it took " + took + " ms");
                    silent.close();
                    context.completeNow();
                })));
    }

    @Test
    void aPortWhereNobodyListensIsUnreachable(Vertx vertx, VertxTestContext context) throws IOException {
        ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RelayAddress address = at(gone);
        gone.close();
        new Dialler(vertx)
                .greet(address)
                .onComplete(context.failing(e -> context.verify(() -> {
                    assertEquals(Kind.UNREACHABLE, ((RelayException) e).kind());
                    assertTrue(String.valueOf(e.getMessage())
                            .contains(address.address().toString()));
                    context.completeNow();
                })));
    }

    /** Whose program does more than Vert.x: its connection may be there before it has said what to do with it. */
    @Test
    void aThreadThatIsNoEventLoopMissesNothingThatTheRelaySaysAtOnce(Vertx vertx) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RelayAddress address = at(listener);
            byte[] hello = Hello.create(Role.CLIENT, address.key().fingerprint(), new SecureRandom())
                    .encode();
            var greeting = new Thread(() -> greetAll(listener, hello));
            greeting.start();
            var dialler = new Dialler(vertx);
            for (int i = 0; i < 500; i++) {
                Leg leg = Rig.get(dialler.greet(address)).leg();
                leg.run(leg::abort);
            }
        }
    }

    private static void greetAll(ServerSocket listener, byte[] hello) {
        try {
            while (true) {
                try (Socket socket = listener.accept()) {
                    socket.getOutputStream().write(hello);
                    int unused = socket.getInputStream().read();
                } catch (SocketException e) {
                    if (listener.isClosed()) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which may be busy: a look-up that does not answer holds up no other connection. */
    @Test
    void anAddressWaitsForNoOtherThread(Vertx vertx) throws IOException {
        for (String address : List.of("192.0.2.7", "2001:db8::7")) {
            Future<List<InetAddress>> found = Dialler.addresses(vertx, address);
            assertTrue(found.isComplete(), address);
            assertEquals(List.of(InetAddress.getByName(address)), found.result());
        }
    }
}
