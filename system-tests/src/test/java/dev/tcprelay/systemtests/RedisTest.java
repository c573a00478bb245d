package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** redis: short questions and answers, ten thousand at once, and connections on which nothing happens for a while. */
class RedisTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int COMMANDS = 10_000;
    private static final int SECONDS_OF_SILENCE = 8;

    private static int forward;

    @BeforeAll
    static void aRedisServer() throws Exception {
        int port = Ports.free();
        Program redis =
                STAGE.start(Invocation.of("redis-server", "--bind", "127.0.0.1", "--port", "" + port, "--save", ""));
        redis.awaitLine("Ready to accept connections", 20);
        Network network = Network.shared();
        network.expose("redis", "127.0.0.1:" + port);
        forward = Ports.free();
        network.clientWith("--forward", forward + ":redis");
    }

    private static Invocation cli(String... arguments) {
        return Invocation.of("redis-cli", "-e", "-h", "127.0.0.1", "-p", "" + forward)
                .and(arguments);
    }

    @Test
    void binaryValuesComeBackAsTheyWere() throws Exception {
        byte[] value = Content.bytes(3 << 20);
        Invocation set = cli("-x", "SET", "binary");
        assertEquals("OK", STAGE.run(set.input(value)).succeeds().out());
        Path file = STAGE.file("value");
        STAGE.run(cli("--raw", "GET", "binary").outputTo(file)).succeeds();
        byte[] answer = Files.readAllBytes(file);
        assertEquals('\n', answer[value.length], "what redis-cli adds");
        assertArrayEquals(value, Arrays.copyOf(answer, answer.length - 1));
    }

    @Test
    void tenThousandCommandsWithoutWaitingForAnAnswer() throws Exception {
        StringBuilder commands = new StringBuilder();
        for (int i = 0; i < COMMANDS; i++) {
            commands.append("SET key:").append(i).append(" value:").append(i).append("\r\n");
        }
        Result piped = STAGE.run(cli("--pipe").input(commands.toString())).succeeds();
        assertTrue(piped.out().endsWith("errors: 0, replies: " + COMMANDS), piped.out());
        for (int i : new int[] {0, 1, COMMANDS / 2, COMMANDS - 1}) {
            assertEquals("value:" + i, STAGE.run(cli("GET", "key:" + i)).out());
        }
    }

    @Test
    void tenThousandAnswersOneAfterTheOtherOnOneConnection() throws Exception {
        Result counted = STAGE.run(cli("-r", "" + COMMANDS, "INCR", "counter")).succeeds();
        assertEquals(COMMANDS, counted.out().lines().distinct().count());
        assertTrue(counted.out().endsWith("\n" + COMMANDS));
    }

    @Test
    void subscribersHearAMessageAfterALongSilence() throws Exception {
        Program subscriber = STAGE.start(cli("SUBSCRIBE", "news").openInput());
        subscriber.awaitLine("^subscribe$", 20);
        // Silence, on this connection too: the server answers when the time is up.
        STAGE.run(cli("BLPOP", "nothing", "" + SECONDS_OF_SILENCE)).succeeds();
        assertEquals("1", STAGE.run(cli("PUBLISH", "news", "first")).out());
        subscriber.awaitLine("^first$", 20);
        assertEquals("1", STAGE.run(cli("PUBLISH", "news", "second")).out());
        subscriber.awaitLine("^second$", 20);
    }
}
