package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The relay cannot read: while bytes stream through it, neither they nor a secret that opens them is in its memory, or
 * in anything that it ever received or sent. Everything goes by wiretaps, from the logins on.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class BlindRelayTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String MARKER = "+ if you can read this, you are not blind ";
    private static final byte[] BLOCK = MARKER.repeat(100).getBytes(StandardCharsets.US_ASCII);
    private static final long NANOS_BETWEEN_BLOCKS = 10_000_000;

    private static final int LOOKS = 3;
    private static final Set<String> NOTHING = Set.of();

    private static final AtomicLong ECHOED = new AtomicLong();
    private static final Needles SECRETS = new Needles();
    private static Network network;
    private static Wiretap clientWire;
    private static Wiretap skeletonWire;
    private static Wiretap httpWire;
    private static Wiretap targetWire;
    private static Program serving;
    private static Program client;

    @BeforeAll
    static void bytesStreamThroughARelay() throws Exception {
        network = Network.relayOnly(STAGE);
        network.addUser(Network.CAROL, "--connect", "*");
        network.addUser(Network.SAM, "--serve", "*");
        clientWire = STAGE.keep(new Wiretap(network.clientPort()));
        skeletonWire = STAGE.keep(new Wiretap(network.skeletonPort()));
        httpWire = STAGE.keep(new Wiretap(network.httpPort()));
        login(network.client(), Network.CAROL);
        login(network.skeleton(), Network.SAM);
        Target target = STAGE.keep(Target.echo());
        targetWire = STAGE.keep(new Wiretap(target.port()));
        String address = "127.0.0.1:" + targetWire.port();
        serving = network.expose("secrets", address);
        SocksPort socks = new SocksPort(Ports.free());
        client = network.clientWith("--socks", "" + socks.port());
        stream(socks.connect("secrets"));
        SECRETS.text("the bytes", MARKER).text("the server's address", address);
        secrets(network.client(), Network.CAROL);
        secrets(network.skeleton(), Network.SAM);
    }

    private static void login(RelayCommand machine, String user) throws IOException, InterruptedException {
        machine.run(
                        "login",
                        "127.0.0.1:" + clientWire.port(),
                        "--key",
                        "http://127.0.0.1:" + httpWire.port() + "/relay.pem",
                        "--fingerprint",
                        network.fingerprint(),
                        "--user",
                        user,
                        "--password-file",
                        STAGE.file("password-of-" + user).toString())
                .succeeds();
        String known = Files.readString(machine.knownRelays());
        String tapped = known.replace(":" + network.skeletonPort() + " ", ":" + skeletonWire.port() + " ");
        assertFalse(tapped.equals(known), known);
        Files.writeString(machine.knownRelays(), tapped);
    }

    private static void secrets(RelayCommand machine, String user) throws IOException {
        SECRETS.text("a password", Network.password(user));
        String psk = Files.readString(machine.psk("secrets")).strip();
        String base64 = psk.substring(psk.indexOf(':') + 1);
        SECRETS.text("the psk in base64", base64)
                .bytes("the psk", Base64.getDecoder().decode(base64));
        try (var keys = Files.list(machine.home().resolve("keys"))) {
            for (Path key :
                    keys.filter(file -> file.toString().endsWith(".pem")).toList()) {
                byte[] der = Base64.getDecoder().decode(Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", ""));
                SECRETS.bytes("a user's key", Arrays.copyOfRange(der, der.length - 32, der.length));
            }
        }
    }

    /** For as long as the test class lasts, there and back; so little that the wiretaps can keep all. */
    private static void stream(Socket tunnel) {
        Threads.start("stream there", () -> {
            while (true) {
                tunnel.getOutputStream().write(BLOCK);
                LockSupport.parkNanos(NANOS_BETWEEN_BLOCKS);
            }
        });
        Threads.start("stream back", () -> {
            byte[] some = new byte[BLOCK.length];
            for (int n = tunnel.getInputStream().read(some);
                    n >= 0;
                    n = tunnel.getInputStream().read(some)) {
                ECHOED.addAndGet(n);
            }
        });
    }

    private static void awaitMore() throws Exception {
        long before = ECHOED.get();
        Eventually.within(30, "bytes go through", () -> ECHOED.get() > before + 20L * BLOCK.length);
    }

    @Test
    void noSecretIsInTheMemoryOfTheRelay() throws Exception {
        for (int i = 0; i < LOOKS; i++) {
            awaitMore();
            assertEquals(NOTHING, SECRETS.in(network.node().process()));
        }
        awaitMore();
    }

    @Test
    void noSecretIsInAHeapDumpOfTheRelay() throws Exception {
        awaitMore();
        assertEquals(NOTHING, inDump(network.node()));
        awaitMore();
    }

    @Test
    void noSecretIsInWhatTheRelayReceivesAndSends() throws Exception {
        awaitMore();
        for (Wiretap wire : new Wiretap[] {clientWire, skeletonWire, httpWire}) {
            assertEquals(NOTHING, inWire(wire.towards()));
            assertEquals(NOTHING, inWire(wire.back()));
        }
        assertTrue(clientWire.towards().length() > ECHOED.get(), "the bytes went by, sealed");
        assertTrue(skeletonWire.towards().length() > ECHOED.get(), "and their echo");
    }

    /** That the search finds what is there: the ends have the bytes and the psk. */
    @Test
    void theEndsHaveWhatTheRelayHasNot() throws Exception {
        awaitMore();
        Set<String> atTheSkeleton = SECRETS.in(serving.process());
        assertTrue(
                atTheSkeleton.containsAll(Set.of("the bytes", "the psk", "the server's address")),
                atTheSkeleton::toString);
        assertTrue(SECRETS.in(client.process()).contains("the bytes"));
        assertTrue(inDump(serving).contains("the psk"));
        assertTrue(inWire(targetWire.towards()).contains("the bytes"));
    }

    /** That the search sees the relay's memory, its buffers outside of the heap too. */
    @Test
    void theRelayHasWhatItMayKnow() throws Exception {
        awaitMore();
        // Or newer bytes would be in the same buffers by the time of the search.
        Needles.stop(network.node().process());
        byte[] sealed = clientWire.towards().getBytes(StandardCharsets.ISO_8859_1);
        Needles known = new Needles().text("the name of a user", Network.CAROL).text("the name of a server", "secrets");
        for (int at = sealed.length - 40 * BLOCK.length; at < sealed.length - 16; at += 64) {
            known.bytes("sealed bytes", Arrays.copyOfRange(sealed, at, at + 16));
        }
        Set<String> all = Set.of("the name of a user", "the name of a server", "sealed bytes");
        assertEquals(all, known.in(network.node().process()));
    }

    private static Set<String> inDump(Program program) throws Exception {
        Path file = STAGE.file("heap.hprof");
        program.jcmd("GC.heap_dump", "-all", file.toString());
        try (InputStream dump = Files.newInputStream(file)) {
            return SECRETS.in(dump);
        } finally {
            Files.delete(file);
        }
    }

    private static Set<String> inWire(String latin1) throws IOException {
        return SECRETS.in(new ByteArrayInputStream(latin1.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
