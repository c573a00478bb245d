package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of one direction leaves the other one open; a reset is never mistaken for an end. */
class HalfCloseTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int BIG = 3 << 20;

    private static volatile int sizeOfEndFirst;
    private static Target endFirst;
    private static Network network;
    private static SocksPort socks;

    @BeforeAll
    static void servers() throws Exception {
        network = Network.shared();
        network.expose("reply", STAGE.keep(Target.replyAfterEnd()).address());
        network.expose(
                "reset", STAGE.keep(Target.resetAfter(Content.bytes(70_000))).address());
        endFirst = STAGE.keep(Target.endFirst(() -> sizeOfEndFirst));
        network.expose("end", endFirst.address());
        socks = network.socks();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, BIG})
    void theClientEndsFirstAndThenReceivesTheReply(int size) throws Exception {
        byte[] bytes = Content.bytes(size);
        try (Socket connection = socks.connect("reply")) {
            connection.getOutputStream().write(bytes);
            connection.shutdownOutput();
            assertArrayEquals(bytes, connection.getInputStream().readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, BIG})
    void theServerEndsFirstAndStillReceives(int size) throws Exception {
        sizeOfEndFirst = size;
        try (Socket connection = socks.connect("end")) {
            assertEquals(Content.generated(size), Content.read(connection.getInputStream()));
            Content.write(connection.getOutputStream(), size);
            connection.shutdownOutput();
            assertEquals(Content.generated(size), endFirst.received());
        }
    }

    /** For ssh and friends: the end of standard input is the end of one direction only. */
    @Test
    void theEndOfStandardInputLeavesStandardOutputOpen() throws Exception {
        Path out = STAGE.file("reply-through-stdio");
        byte[] bytes = Content.bytes(BIG);
        Invocation stdio = network.client().invocation("stdio", "reply");
        STAGE.run(new Invocation(stdio.name(), stdio.command(), stdio.environment(), bytes, out))
                .succeeds();
        assertArrayEquals(bytes, Files.readAllBytes(out));
    }

    @Test
    void aResetOfTheServerArrivesAsAResetAfterAllBytesBeforeIt() throws Exception {
        try (Socket connection = socks.connect("reset")) {
            assertArrayEquals(
                    Content.bytes(70_000), connection.getInputStream().readNBytes(70_000), "before the reset");
            connection.getOutputStream().write(1);
            assertThrows(
                    SocketException.class, () -> connection.getInputStream().read(), "no clean end");
        }
    }
}
