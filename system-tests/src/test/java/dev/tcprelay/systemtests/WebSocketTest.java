package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSockets from Java's client to a server in Python: messages of all sizes, both ways at once, how they close. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebSocketTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int MESSAGES = 1000;
    private static final int CHOSEN_BY_THE_CLIENT = 4001;
    private static final int CHOSEN_BY_THE_SERVER = 4002;

    private static final String SERVER = """
            import asyncio, websockets
            async def echo(socket):
                try:
                    while True:
                        await socket.send(await socket.recv())
                except websockets.ConnectionClosed:
                    print("closed", socket.close_code, socket.close_reason, flush=True)
            async def count(socket):
                for n in range(%d):
                    await socket.send(f"server {n}")
            async def serve(socket, path):
                if path == "/both":
                    counting = asyncio.create_task(count(socket))
                    heard = [await socket.recv() for n in range(%1$d)]
                    await counting
                    await socket.send("heard " + " ".join(heard))
                elif path == "/bye":
                    await socket.close(%d, "the server has had enough")
                    return
                await echo(socket)
            async def main():
                async with websockets.serve(serve, "127.0.0.1", 0, max_size=None) as server:
                    print("port", server.sockets[0].getsockname()[1], flush=True)
                    await asyncio.Future()
            asyncio.run(main())
            """.formatted(MESSAGES, CHOSEN_BY_THE_SERVER);

    private static Program server;
    private static int proxy;
    private static int forward;

    /** How the client reaches the server. */
    private enum Door {
        HTTP_CONNECT,
        FORWARD
    }

    @BeforeAll
    static void aWebSocketServer() throws Exception {
        Packages.require("/usr/lib/python3/dist-packages/websockets");
        server = STAGE.start(Invocation.of("/usr/bin/python3", "-c", SERVER).named("websockets"));
        String port = server.awaitLine("^port (\\d+)$", 20).group(1);
        Network network = Network.shared();
        network.expose("chat", "127.0.0.1:" + port);
        proxy = Ports.free();
        forward = Ports.free();
        network.clientWith("--socks", "" + proxy, "--forward", forward + ":chat");
    }

    private static WebSocket open(Door door, String path, Inbox inbox) {
        HttpClient.Builder http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20));
        String host = "127.0.0.1:" + forward;
        if (door == Door.HTTP_CONNECT) {
            http.proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy)));
            host = "chat";
        }
        return http.build()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://" + host + path), inbox)
                .join();
    }

    @ParameterizedTest
    @EnumSource
    void messagesComeBackWholeAndInOrder(Door door) throws Exception {
        Inbox inbox = new Inbox();
        WebSocket socket = open(door, "/echo", inbox);
        for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 3_000_000}) {
            socket.sendBinary(ByteBuffer.wrap(Content.bytes(size)), true).join();
            socket.sendText("of " + size, true).join();
            assertEquals(Content.generated(size), inbox.binary());
            assertEquals("of " + size, inbox.text());
        }
        socket.sendClose(CHOSEN_BY_THE_CLIENT, "the client goes " + door).join();
        assertEquals(CHOSEN_BY_THE_CLIENT, inbox.closed().code());
        server.awaitLine("^closed 4001 the client goes " + door + "$", 20);
    }

    @ParameterizedTest
    @EnumSource
    void bothSidesTalkAtTheSameTime(Door door) throws Exception {
        Inbox inbox = new Inbox();
        WebSocket socket = open(door, "/both", inbox);
        StringBuilder said = new StringBuilder("heard");
        for (int n = 0; n < MESSAGES; n++) {
            socket.sendText("client-" + n, true).join();
            said.append(" client-").append(n);
        }
        for (int n = 0; n < MESSAGES; n++) {
            assertEquals("server " + n, inbox.text());
        }
        assertEquals(said.toString(), inbox.text());
        socket.abort();
    }

    @ParameterizedTest
    @EnumSource
    void theServersCodeAndReasonArrive(Door door) throws Exception {
        Inbox inbox = new Inbox();
        open(door, "/bye", inbox);
        assertEquals(new Inbox.Closed(CHOSEN_BY_THE_SERVER, "the server has had enough"), inbox.closed());
    }
}
