package dev.tcprelay.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.channel.Credentials;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.RelayException;
import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What greets the client is not the pinned relay: it closes and has not sent a byte. */
class StrangeRelayTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Vertx vertx = Vertx.vertx();
    private final PublicKey pinned = PublicKey.of(KeyPair.generate(RANDOM));

    @AfterEach
    void close() throws Exception {
        ClientRig.get(vertx.close());
    }

    private Hello hello(Role role, PublicKey key) {
        return Hello.create(role, key.fingerprint(), RANDOM);
    }

    private void assertNothingIsSent(byte[] greeting, Kind expected) throws Exception {
        try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = new RelayAddress(new HostPort("127.0.0.1", relay.getLocalPort()), Role.CLIENT, pinned, null);
            var client = new RelayClient(
                    vertx,
                    address,
                    new Credentials(new UserName("alice"), KeyPair.generate(RANDOM)),
                    id -> List.of(),
                    RelayClientOptions.standard());
            Future<Void> started = client.start();
            try (Socket peer = relay.accept()) {
                peer.getOutputStream().write(greeting);
                peer.shutdownOutput();
                assertEquals(0, sent(peer));
            }
            Throwable e = assertThrows(ExecutionException.class, () -> ClientRig.get(started))
                    .getCause();
            assertEquals(expected, ((RelayException) e).kind());
        }
    }

    private static int sent(Socket peer) throws Exception {
        try {
            return peer.getInputStream().readAllBytes().length;
        } catch (java.net.SocketException reset) {
            return 0;
        }
    }

    @Test
    void anotherKey() throws Exception {
        PublicKey other = PublicKey.of(KeyPair.generate(RANDOM));
        assertNothingIsSent(hello(Role.CLIENT, other).encode(), Kind.WRONG_KEY);
    }

    /** HELLO of the skeletons' port on the clients' port. */
    @Test
    void theOtherRole() throws Exception {
        assertNothingIsSent(hello(Role.SKELETON, pinned).encode(), Kind.NOT_A_RELAY);
    }

    /** Magic, version or a reserved byte of HELLO changed. */
    @Test
    void aChangedByte() throws Exception {
        for (int at : new int[] {0, 6, 12}) {
            byte[] greeting = hello(Role.CLIENT, pinned).encode();
            greeting[at] ^= 1;
            assertNothingIsSent(greeting, Kind.NOT_A_RELAY);
        }
    }
}
